// `daybook pipeline run`: options and output.

import type { Pool } from 'pg';
import { codeVersion } from '../../system/code-version.js';
import { DaybookError } from '../../errors.js';
import { dryRunLines } from '../terminal/dry-run-lines.js';
import { dryRun } from '../../pipeline/dry-run.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import { findMisfits } from '../../notebook/type-check/find-misfits.js';
import { describeByPool } from '../../row-types/describe-in-warehouse.js';
import type { RunPipelineOptions } from '../../pipeline/run-options.js';
import { runPipeline } from '../../pipeline/run-pipeline.js';
import { Lineage } from '../../open-lineage/lineage.js';
import { openReader, openWarehouse } from '../../warehouse/warehouse.js';
import type { Command, ExitCode, Invocation } from '../command.js';
import { dataOption, limitHelp, limitOptions, limitsOption, limitUsage } from './load-options.js';
import { findLogFolder } from './log-folder.js';
import { flag, pathOption, textOption, textsOption } from '../options.js';
import type { RunRequest } from '../../history/runs/queued-runs.js';
import { pipelineProgress } from '../terminal/pipeline-lines.js';
import { notifyOfRun } from '../notify/pipeline-webhook.js';
import { Webhook, webhookOption } from '../notify/webhook.js';
import { exitCodeOf } from '../../history/reports/merge-reports.js';
import { findUnfinished, lastDataDir, type Unfinished } from '../../history/runs/run-history.js';

/** Seconds that a task must be expected to take to be worth the way through the queue. */
const defaultShareFrom = 0.2;

/** `daybook pipeline run`. */
export const pipelineRun: Command = {
  usage: `[--data DIR] [--full-refresh] [--select MODEL]… [--no-load | --only-load] ${limitUsage} [--resume RUN] [--run-key KEY] [--wait S] [--detach] [--share S] [--dry-run] [--explain] [--webhook URL] [--json]`,
  description: `Loads what changed in the data folder, then builds and tests the models in sql/ whose files or
inputs changed. What a failed run built before it failed stays published; the failed model keeps its
last good rows.

MODEL is a name like revenue or gold.revenue; +NAME adds all that it reads, NAME+ all
that read it, gold.* is a whole schema.

Without --data, DAYBOOK_DATA_DIR and files in data/ the logs are read from where the last run that
passed read them.

${limitHelp}

--resume takes the number of a run that failed or was interrupted, or "last": its files are loaded as far
as they were not, and of its models only those are built that it did not finish.

--no-load builds models of what is loaded, --only-load loads files and builds nothing. Processes that are
given the same --run-key share one run, also at the same time: what one of them has loaded or built, the
others leave alone, and what has failed may be tried again with the same key.

--detach hands the run over to the workers (\`daybook worker\`), prints its number and ends; \`pipeline watch\`
follows it. Whoever leads it does itself what is expected to take less than --share seconds.

--dry-run says for each file and model what a run would do and why, and does nothing of it.`,
  failsWhen:
    'anything failed, 75 when all that failed passes by itself or --wait was not enough; with --dry-run, when the run would be refused for what it would take out',
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
    'no-load': { type: 'boolean', help: 'Build models only, of what is loaded already' },
    'only-load': { type: 'boolean', help: 'Load files only' },
    ...limitOptions,
    'run-key': {
      type: 'string',
      placeholder: 'KEY',
      help: 'Share one run with all that are given this key',
    },
    wait: {
      type: 'string',
      placeholder: 'S',
      help: 'Wait so many seconds for another run, then end with exit code 75',
      default: 'as long as it takes',
    },
    resume: {
      type: 'string',
      placeholder: 'RUN',
      help: 'Do again what failed in this run, and what follows from it',
    },
    detach: { type: 'boolean', help: 'Hand the run over to the workers, and print its number' },
    share: {
      type: 'string',
      placeholder: 'S',
      help: 'With --detach: share out tasks that take so many seconds',
      default: String(defaultShareFrom),
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
    refuseTogether(values);
    if (values['share'] !== undefined && !flag(values, 'detach')) {
      throw new DaybookError('USAGE', '--share says what a run with --detach shares out');
    }
    const shared = {
      only: flag(values, 'no-load') ? 'models' : flag(values, 'only-load') ? 'load' : undefined,
      runKey: runKeyOption(values),
      waitMs: waitOption(values),
    } as const;
    if (flag(values, 'dry-run')) return planRun(invocation);
    if (flag(values, 'detach')) return handOver(invocation, { ...limits, only: shared.only });
    const webhook = Webhook.of(values, config, logger);
    return notifyOfRun({ webhook, config, signal }, async (notified) => {
      const progress = pipelineProgress(terminal, { explain: flag(values, 'explain') });
      const [warehouse, version] = await Promise.all([
        openWarehouse(config, { logger }),
        codeVersion(config.root, config.codeVersion),
      ]);
      const lineage = new Lineage({ config, logger });
      const tell = lineage.pipeline(warehouse);
      try {
        const unfinished =
          resumed === undefined ? undefined : await findUnfinished(warehouse.owner, resumed);
        const report = await runPipeline({
          warehouse,
          config,
          ...(await workOf(invocation, warehouse.owner, unfinished)),
          ...limits,
          ...shared,
          codeVersion: version,
          findMisfits: () =>
            findMisfits({
              ...{ config, env: invocation.env, signal, check: checkInProcess },
              describe: describeByPool(warehouse.reader),
            }),
          onEvent: (event) => {
            notified.onEvent(event);
            tell(event);
            progress.event(event);
          },
          signal,
          logger,
        });
        await notified.onEnd(warehouse.owner);
        if (flag(values, 'json')) terminal.out(`${JSON.stringify(report)}\n`);
        return exitCodeOf(report);
      } finally {
        progress.end();
        await lineage.close();
        await warehouse.close();
      }
    });
  },
};

/** `--detach`. */
async function handOver(
  invocation: Invocation,
  given: Pick<RunRequest, 'maxRejects' | 'allowRemoval' | 'only'>,
): Promise<ExitCode> {
  const { values, config, terminal, logger } = invocation;
  const { handOverRun } = await import('../../worker/hand-over-run.js');
  const resumed = textOption(values, 'resume');
  const warehouse = await openWarehouse(config, { logger });
  try {
    const unfinished =
      resumed === undefined ? undefined : await findUnfinished(warehouse.owner, resumed);
    const {
      trigger = 'command',
      dataDir,
      ...work
    } = await workOf(invocation, warehouse.owner, unfinished);
    const runId = await handOverRun(
      { ...{ config, logger, trigger }, pool: warehouse.owner, url: warehouse.ownerUrl },
      {
        ...given,
        select: work.select ?? [],
        fullRefresh: work.fullRefresh ?? false,
        dataDir: dataDir ?? config.dataDir,
        shareFrom: shareOption(values),
      },
    );
    terminal.out(flag(values, 'json') ? `${JSON.stringify({ runId })}\n` : `${runId}\n`);
    terminal.err(`→ npx daybook pipeline watch ${runId}  follows it\n`);
    return 0;
  } finally {
    await warehouse.close();
  }
}

/** `--share`. @throws DaybookError `USAGE`. */
function shareOption(values: Invocation['values']): number {
  const text = textOption(values, 'share');
  if (text === undefined) return defaultShareFrom;
  if (/^\d{1,7}(?:\.\d+)?$/.test(text)) return Number(text);
  throw new DaybookError('USAGE', `--share: "${text}" is not a number of seconds from 0`);
}

/** Options that contradict each other, or mean nothing together. */
const excluding: readonly (readonly [string, readonly string[]])[] = [
  ['no-load', ['only-load', 'data', 'max-rejects', 'allow-removal', 'resume', 'dry-run']],
  ['only-load', ['select', 'resume', 'dry-run']],
  ['run-key', ['resume', 'dry-run']],
  ['wait', ['dry-run']],
  ['detach', ['dry-run', 'run-key', 'wait', 'explain', 'webhook']],
];

function refuseTogether(values: Invocation['values']): void {
  for (const [name, others] of excluding) {
    const other = others.find((one) => values[one] !== undefined);
    if (values[name] !== undefined && other !== undefined) {
      throw new DaybookError('USAGE', `--${name} and --${other} exclude each other`);
    }
  }
}

/** @throws DaybookError `USAGE` for a key that is no line of text. */
function runKeyOption(values: Invocation['values']): string | undefined {
  const key = textOption(values, 'run-key');
  if (key !== undefined && !/^[^\p{C}\p{Zl}\p{Zp}]{1,600}$/u.test(key)) {
    throw new DaybookError('USAGE', '--run-key: a key is one line of 1 to 600 characters', {
      hint: 'what stands for one run of your orchestrator, like --run-key "$AIRFLOW_CTX_DAG_RUN_ID"',
    });
  }
  return key;
}

/** `--wait` in milliseconds. @throws DaybookError `USAGE`. */
function waitOption(values: Invocation['values']): number | undefined {
  const seconds = textOption(values, 'wait');
  if (seconds === undefined) return undefined;
  if (/^\d{1,7}(?:\.\d+)?$/.test(seconds)) return Number(seconds) * 1000;
  throw new DaybookError('USAGE', `--wait: "${seconds}" is not a number of seconds from 0`);
}

/** The files and models to process: by the command line, or the unfinished part of a run. */
async function workOf(
  invocation: Invocation,
  pool: Pool,
  unfinished: Unfinished | undefined,
): Promise<Pick<RunPipelineOptions, 'select' | 'fullRefresh' | 'dataDir' | 'trigger'>> {
  const { values, config, logger } = invocation;
  const select = textsOption(values, 'select').flatMap((names) => names.split(/[\s,]+/));
  const given = pathOption(invocation, 'data');
  const dataDir =
    unfinished?.dataDir ??
    (flag(values, 'no-load')
      ? await lastDataDir(pool)
      : await findLogFolder(config, { given, pool, logger }));
  return {
    select: unfinished?.models ?? select.filter((name) => name !== ''),
    fullRefresh: flag(values, 'full-refresh'),
    dataDir,
    trigger: unfinished === undefined ? undefined : `resume ${unfinished.runId}`,
  };
}

/** `--dry-run`: as the reader, so that nothing can be written. */
async function planRun(invocation: Invocation): Promise<ExitCode> {
  const { values, config, terminal, logger } = invocation;
  if (values['max-rejects'] !== undefined) {
    throw new DaybookError(
      'USAGE',
      'a dry run reads no lines, so it knows nothing of --max-rejects',
    );
  }
  const resumed = textOption(values, 'resume');
  const reader = await openReader(config, { logger });
  try {
    const unfinished =
      resumed === undefined ? undefined : await findUnfinished(reader.pool, resumed);
    const plan = await dryRun(reader.pool, {
      config,
      ...(await workOf(invocation, reader.pool, unfinished)),
      ...limitsOption(values),
    });
    terminal.out(
      flag(values, 'json')
        ? `${JSON.stringify(plan)}\n`
        : `${dryRunLines(plan, flag(values, 'explain')).join('\n')}\n`,
    );
    return plan.refused === null ? 0 : 1;
  } finally {
    await reader.close();
  }
}
