import type { Pool } from 'pg';
import { codeVersion } from '../../system/code-version.js';
import type { Config } from '../../config/config.js';
import { DaybookError } from '../../errors.js';
import { findFiles } from '../../pipeline/extract/files/find-files.js';
import { EncoderThreads } from '../../pipeline/load/encode/encoder-threads.js';
import { dryRunLines } from '../terminal/dry-run-lines.js';
import type { Project } from '../../pipeline/project/read-project.js';
import type { RunPipelineOptions } from '../../pipeline/run-pipeline.js';
import { openReader, openWarehouse } from '../../warehouse/warehouse.js';
import type { Command, Invocation } from '../command.js';
import { dataOption, limitHelp, limitOptions, limitsOption, limitUsage } from './load-options.js';
import { findLogFolder, namedLogFolder } from './log-folder.js';
import { flag, pathOption, textOption, textsOption } from '../options.js';
import { pipelineProgress } from '../terminal/pipeline-progress.js';
import { tellOfRun } from '../notify/pipeline-webhook.js';
import { Webhook, webhookOption } from '../notify/webhook.js';
import { findUnfinished, type Unfinished } from '../../history/run-history.js';

/** `daybook pipeline run`. */
export const pipelineRun: Command = {
  usage: `[--data DIR] [--full-refresh] [--select MODEL]… ${limitUsage} [--resume RUN] [--dry-run] [--explain] [--webhook URL] [--json]`,
  description: `Loads what changed in the data folder, then builds and tests the models in sql/ whose files or
inputs changed. What a failed run built before it failed stays published; the failed model keeps its
last good rows.

MODEL is a name like daily_sales or gold.daily_sales; +NAME adds all that it reads, NAME+ all
that read it, gold.* is a whole schema.

Without --data, DAYBOOK_DATA_DIR and files in data/ the logs are read from where the last run that
passed read them.

${limitHelp}

--resume takes the number of a run that failed or was interrupted, or "last": its files are loaded as far
as they were not, and of its models only those are built that it did not finish.

--dry-run says for each file and model what a run would do and why, and does nothing of it. It exits 1
when the run would be refused for what it would take out.`,
  options: {
    data: dataOption,
    'full-refresh': {
      type: 'boolean',
      help: 'Load every file and build every model again, changed or not',
    },
    select: {
      type: 'string',
      multiple: true,
      placeholder: 'MODEL',
      help: 'Build only these models',
    },
    ...limitOptions,
    resume: {
      type: 'string',
      placeholder: 'RUN',
      help: 'Do again what failed in this run, and what follows from it',
    },
    'dry-run': { type: 'boolean', help: 'Say what would be done and why, and write nothing' },
    explain: { type: 'boolean', help: 'Say for each file and model why it is done or not' },
    webhook: webhookOption,
    json: { type: 'boolean', help: 'Print the report as JSON' },
  },
  async run(invocation) {
    const { values, config, terminal, logger, signal } = invocation;
    const limits = limitsOption(values);
    const resumed = textOption(values, 'resume');
    const given = ['data', 'select', 'full-refresh'].filter((name) => values[name] !== undefined);
    if (resumed !== undefined && given.length > 0) {
      throw new DaybookError('USAGE', `--resume takes --${given[0] ?? ''} from the run itself`);
    }
    if (flag(values, 'dry-run')) return foreseeRun(invocation);
    const webhook = Webhook.of(values, config, logger);
    return tellOfRun({ webhook, config, signal }, async (told) => {
      const progress = pipelineProgress(terminal, { explain: flag(values, 'explain') });
      // First of all, since it goes on beside everything else.
      const threads = await preparedThreads(invocation);
      try {
        // The server's answers take as long as reading the rest of the code, and the project's.
        const project = projectOf(config);
        const [warehouse, { runPipeline }, version] = await Promise.all([
          openWarehouse(config, { logger }),
          import('../../pipeline/run-pipeline.js'),
          codeVersion(config.root, config.codeVersion),
        ]);
        try {
          const unfinished =
            resumed === undefined ? undefined : await findUnfinished(warehouse.owner, resumed);
          const report = await runPipeline({
            warehouse,
            config,
            ...(await workOf(invocation, warehouse.owner, unfinished)),
            ...(unfinished === undefined ? {} : { trigger: `resume ${unfinished.runId}` }),
            ...limits,
            codeVersion: version,
            threads,
            project,
            onEvent: (event) => {
              told.observe(event);
              progress.event(event);
            },
            signal,
            logger,
          });
          await told.ended(warehouse.owner);
          if (flag(values, 'json')) terminal.out(`${JSON.stringify(report)}\n`);
          return report.status === 'passed' ? 0 : 1;
        } finally {
          progress.end();
          await warehouse.close();
        }
      } finally {
        await threads.close();
      }
    });
  },
};

/** Threads of which one has begun, if there are logs for it and it is known already where. */
async function preparedThreads(invocation: Invocation): Promise<EncoderThreads> {
  const threads = new EncoderThreads();
  const dataDir = namedLogFolder(invocation.config, pathOption(invocation, 'data'));
  if (dataDir === undefined || invocation.values['resume'] !== undefined) return threads;
  // What is wrong with them is for the run to say.
  const files = await findFiles(dataDir, ['*']).catch(() => []);
  threads.prepare(files);
  return threads;
}

/** The project's declarations. What is wrong with them is for the run to say, which takes them. */
function projectOf({ root, project: { schemas } }: Config): Promise<Project> {
  const reading = import('../../pipeline/project/read-project.js').then(({ readProject }) =>
    readProject(root, schemas),
  );
  reading.catch(() => undefined);
  return reading;
}

/** What is to be read and built: as the command line says, or what a run has left undone. */
async function workOf(
  invocation: Invocation,
  pool: Pool,
  unfinished: Unfinished | undefined,
): Promise<Pick<RunPipelineOptions, 'select' | 'fullRefresh' | 'dataDir'>> {
  const { values, config, logger } = invocation;
  const select = textsOption(values, 'select').flatMap((names) => names.split(/[\s,]+/));
  const given = pathOption(invocation, 'data');
  const dataDir = unfinished?.dataDir ?? (await findLogFolder(config, { given, pool, logger }));
  return {
    select: unfinished?.models ?? select.filter((name) => name !== ''),
    fullRefresh: flag(values, 'full-refresh'),
    ...(dataDir === undefined ? {} : { dataDir }),
  };
}

/** `--dry-run`: with a reader's rights, so that nothing can be written. */
async function foreseeRun(invocation: Invocation): Promise<0 | 1> {
  const { values, config, terminal, logger } = invocation;
  if (values['max-rejects'] !== undefined) {
    throw new DaybookError(
      'USAGE',
      'a dry run reads no lines, so it knows nothing of --max-rejects',
    );
  }
  const resumed = textOption(values, 'resume');
  const [reader, { dryRun }] = await Promise.all([
    openReader(config, { logger }),
    import('../../pipeline/dry-run.js'),
  ]);
  try {
    const unfinished =
      resumed === undefined ? undefined : await findUnfinished(reader.pool, resumed);
    const foreseen = await dryRun(reader.pool, {
      config,
      ...(await workOf(invocation, reader.pool, unfinished)),
      ...limitsOption(values),
    });
    terminal.out(
      flag(values, 'json')
        ? `${JSON.stringify(foreseen)}\n`
        : `${dryRunLines(foreseen, flag(values, 'explain')).join('\n')}\n`,
    );
    return foreseen.refused === null ? 0 : 1;
  } finally {
    await reader.close();
  }
}
