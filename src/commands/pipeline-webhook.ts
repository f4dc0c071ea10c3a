import type { Pool } from 'pg';
import type { Config } from '../config.js';
import { DaybookError } from '../errors.js';
import type { PipelineEvent, PipelineReport } from '../pipeline/pipeline-event.js';
import { failedBefore } from '../pipeline/runs/run-history.js';
import { noRunNotification, runNotification } from '../pipeline/run-notification.js';
import { toTaskError } from '../pipeline/task-error.js';
import type { Webhook } from './webhook.js';

/** A run whose outcome is told to others. */
export interface ObservedRun {
  /** To be given each event of the run. */
  observe(event: PipelineEvent): void;
  /** To be called when the run has ended; what is thrown later is not its failure. */
  ended(pool: Pool): Promise<void>;
}

/** What {@link tellOfRun} works with. */
interface TellOptions {
  readonly webhook: Webhook;
  readonly config: Config;
  /** A run that somebody stops is no failure. */
  readonly signal: AbortSignal;
}

/**
 * Work that is a pipeline run, or begins with one. When the run failed, could not begin, or passed after one
 * that failed, the webhook is told.
 *
 * @param work - Passes on the events of the run, and says when it has ended.
 */
export async function tellOfRun<T>(
  { webhook, config, signal }: TellOptions,
  work: (run: ObservedRun) => Promise<T>,
): Promise<T> {
  const { publicOrigin } = config.exposure;
  const dashboard = publicOrigin === undefined ? undefined : publicOrigin + config.basePath;
  const seen: { report?: PipelineReport; isTold?: true } = {};
  try {
    return await work({
      observe: (event) => {
        if (event.type === 'run_finished' || event.type === 'run_stopped')
          seen.report = event.report;
      },
      ended: async (pool) => {
        const { report } = seen;
        seen.isTold = true;
        if (report === undefined || !webhook.isSet) return;
        // Whoever cannot say so any more has nothing to tell: the run itself has passed.
        const recovers =
          report.status === 'passed' && (await failedBefore(pool, report.runId).catch(() => false));
        await webhook.tell(runNotification(report, recovers, dashboard));
      },
    });
  } catch (error) {
    if (seen.isTold !== true && !signal.aborted && !isMisuse(error)) {
      await webhook.tell(
        seen.report === undefined
          ? noRunNotification(toTaskError(error))
          : runNotification(seen.report, false, dashboard),
      );
    }
    throw error;
  }
}

/** Whoever mistypes sits at the terminal. */
function isMisuse(error: unknown): boolean {
  return error instanceof DaybookError && (error.code === 'USAGE' || error.code === 'RUN_UNKNOWN');
}
