// The work of `up`, `dev` and schedules: pipeline, then notebooks.

import { resolve } from 'node:path';
import { codeVersion } from '../../system/code-version.js';
import type { Config } from '../../config/config.js';
import type { ScheduledWork } from '../../config/declarations/schedule-config.js';
import { summaryLine } from '../../notebook/report/progress.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import { findMisfits } from '../../notebook/type-check/find-misfits.js';
import { describeByPool } from '../../row-types/describe-in-warehouse.js';
import { runNotebooks } from '../../notebook/run-notebooks.js';
import { exitCodeOf } from '../../history/reports/merge-reports.js';
import { lastDataDir } from '../../history/runs/run-history.js';
import { runPipeline } from '../../pipeline/run-pipeline.js';
import type { GivenLimits } from '../../pipeline/load/limits/source-limits.js';
import { Lineage } from '../../open-lineage/lineage.js';
import { withLineage } from '../../open-lineage/with-lineage.js';
import { openWarehouse } from '../../warehouse/warehouse.js';
import type { ExitCode, Invocation } from '../command.js';
import { findOrMakeLogs } from '../pipeline/log-folder.js';
import { notebookProgress } from '../terminal/progress-display.js';
import { notifyOfNotebooks } from '../notify/notebooks-webhook.js';
import { pipelineProgress } from '../terminal/pipeline-lines.js';
import { notifyOfRun, type NotifiedRun } from '../notify/pipeline-webhook.js';
import { Webhook } from '../notify/webhook.js';

/** Options of {@link refresh}. */
export interface RefreshOptions extends Pick<Invocation, 'env' | 'terminal' | 'logger' | 'signal'> {
  readonly config: Config;
  /** The data folder of the command line, absolute. */
  readonly data: string | undefined;
  /** The limits of the command line. */
  readonly limits: GivenLimits;
  /** Notified of failures; undefined: somebody is watching. */
  readonly webhook?: Webhook;
  /** The trigger, for the history. */
  readonly trigger: string;
  /** The time that it was planned for; undefined: none. */
  readonly nominalTime?: Date | undefined;
  /** What of it is done. Default: all. */
  readonly does?: Pick<ScheduledWork, 'pipeline' | 'notebooks'>;
  /** Called with the number of the pipeline run. */
  readonly onRun?: (runId: number) => void;
}

/** The names of a part of the work; none: all. */
function namesOf(part: boolean | readonly string[]): readonly string[] {
  return typeof part === 'boolean' ? [] : part;
}

/**
 * Brings everything that is published up to date: warehouse, pipeline, notebooks.
 * Notebooks also run after a pipeline run with failures: failed tables keep their last good rows, and the rest is
 * newer than the pages.
 *
 * @returns The exit code: 75 where all that failed passes by itself.
 * @throws DaybookError when the warehouse, the logs or the notebooks are not available at all.
 */
export async function refresh(options: RefreshOptions): Promise<ExitCode> {
  const { config, logger, signal } = options;
  const webhook = options.webhook ?? new Webhook(undefined, config, logger);
  return notifyOfRun({ webhook, config, signal }, (notified) =>
    refreshAll(options, webhook, notified),
  );
}

async function refreshAll(
  options: RefreshOptions,
  webhook: Webhook,
  notified: NotifiedRun,
): Promise<ExitCode> {
  const { config, env, data, limits, terminal, logger, signal, trigger } = options;
  const { does = { pipeline: true, notebooks: true } } = options;
  const warehouse = await openWarehouse(config, { logger });
  const lineage = new Lineage({ config, logger, nominalTime: options.nominalTime });
  const tell = lineage.pipeline(warehouse);
  const pipeline = pipelineProgress(terminal);
  const notebooks = notebookProgress(terminal);
  try {
    const version = await codeVersion(config.root, config.codeVersion);
    const loadAndBuild = async () => {
      const dataDir = await findOrMakeLogs(config, {
        given: data,
        pool: warehouse.owner,
        logger,
        signal,
      });
      const loaded = await runPipeline({
        warehouse,
        config,
        dataDir,
        ...limits,
        select: namesOf(does.pipeline),
        trigger,
        codeVersion: version,
        findMisfits: () =>
          findMisfits({
            ...{ config, env, signal, check: checkInProcess },
            describe: describeByPool(warehouse.reader),
          }),
        onEvent: (event) => {
          if (event.type === 'run_started') options.onRun?.(event.runId);
          notified.onEvent(event);
          tell(event);
          pipeline.event(event);
        },
        signal,
        logger,
      });
      pipeline.end();
      await notified.onEnd(warehouse.owner);
      return { loaded, dataDir };
    };
    const built = does.pipeline === false ? undefined : await loadAndBuild();
    const passed = built === undefined ? 0 : exitCodeOf(built.loaded);
    if (does.notebooks === false) return passed;

    // The tables are not from the folder of a failed run.
    const source =
      built?.loaded.status === 'passed'
        ? built.dataDir
        : ((await lastDataDir(warehouse.owner)) ?? built?.dataDir ?? config.dataDir);
    const paths = namesOf(does.notebooks).map((path) => resolve(config.root, path));
    const executed = await withLineage(lineage.notebooks(), signal, (onEvent) =>
      runNotebooks({
        warehouse,
        config: { ...config, dataDir: source },
        env: { ...env, DAYBOOK_DATA_DIR: source },
        ...(paths.length === 0 ? {} : { paths }),
        codeVersion: version,
        onEvent: (event) => {
          notebooks.event(event);
          onEvent(event);
        },
        signal,
        logger,
      }),
    );
    notebooks.end();
    terminal.err(`${summaryLine(executed.notebooks, executed.duration)}\n`);
    await notifyOfNotebooks(webhook, executed, warehouse.owner);
    return executed.status === 'passed' ? passed : 1;
  } finally {
    pipeline.end();
    notebooks.end();
    await lineage.close();
    await warehouse.close();
  }
}
