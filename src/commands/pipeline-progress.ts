import type { PipelineEvent } from '../pipeline/pipeline-event.js';
import { advance, eventLines, idle, progressLine } from '../pipeline/progress.js';
import type { Terminal } from './command.js';
import { progressDisplay, type ProgressDisplay } from './progress-display.js';

/** A display of a running pipeline. */
export function pipelineProgress(terminal: Terminal): ProgressDisplay<PipelineEvent> {
  return progressDisplay(terminal, {
    initial: idle,
    advance,
    lines: eventLines,
    line: progressLine,
  });
}
