import type { Command } from './command.js';

/** A command's line in the overview, and how to load it. */
export interface CommandEntry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** All commands by name (one or two words), in the order in which help lists them. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  'pipeline run': {
    summary: 'Load what changed, then build and test the models',
    load: async () => (await import('./pipeline-run.js')).pipelineRun,
  },
  'sample-data': {
    summary: 'Write logs to try Daybook on, of any size',
    load: async () => (await import('./sample-data.js')).sampleData,
  },
};
