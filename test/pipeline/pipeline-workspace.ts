import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PipelineEvent } from '../../src/pipeline/pipeline-event.js';
import type { RunPipelineOptions } from '../../src/pipeline/run-options.js';
import { runPipeline } from '../../src/pipeline/run-pipeline.js';
import type { TestDatabase } from '../database.js';
import { customerLogsFile, customerLogsYaml } from './line-sources.js';
import { temporaryFolder } from '../temporary-folder.js';
import type { PipelineReport } from '../../src/history/reports/pipeline-report.js';

/**
 * A workspace of a test's own, with models in sql/ and logs in data/, and a way to run its pipeline.
 *
 * @param given - Options of each run.
 */
export function pipelineWorkspace(
  database: TestDatabase,
  files: Record<string, string | Buffer>,
  given: Partial<RunPipelineOptions> = {},
) {
  const root = temporaryFolder({ [customerLogsFile]: customerLogsYaml, ...files });
  const events: PipelineEvent[] = [];
  return {
    root,
    events,
    write: (path: string, content: string | Buffer) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    run: (options: Partial<RunPipelineOptions> = {}): Promise<PipelineReport> =>
      runPipeline({
        warehouse: database,
        config: { ...database.config, root, dataDir: join(root, 'data') },
        onEvent: (happened) => events.push(happened),
        ...given,
        ...options,
      }),
  };
}

/** One line of a customer log. */
export const event = (account: number, date: string, type = 'LOGIN') =>
  `${JSON.stringify({ date, log_type: type, level: 'INFO', account, details: 'x' })}\n`;

/** The text of a model's file. */
export const model = (columns: string, sql: string, more = '') =>
  `/*\ndescription: d\ncolumns: { ${columns} }\n${more}*/\n${sql}`;
