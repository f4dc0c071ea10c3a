// Webhook notifications about pipeline runs: when they are sent.

import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import { DaybookError } from '../../errors.js';
import type { PipelineEvent } from '../../pipeline/pipeline-event.js';
import {
  attentionNotification,
  failedNotification,
  noRunNotification,
  recoveredNotification,
  type RunNotification,
} from './pipeline-notification.js';
import { toTaskError } from '../../history/reports/task-error.js';
import { isDue } from './sent-topics.js';
import type { Webhook } from './webhook.js';
import type { Notice, PipelineReport } from '../../history/reports/pipeline-report.js';

/** A run with notifications. */
export interface NotifiedRun {
  /** Must be called with each event of the run. */
  onEvent(event: PipelineEvent): void;
  /** Must be called at the end of the run; later errors are not its failure. */
  onEnd(pool: Pool): Promise<void>;
}

/** Options of {@link notifyOfRun}. */
interface NotifyOptions {
  readonly webhook: Webhook;
  readonly config: Config;
  /** An aborted run is no failure. */
  readonly signal: AbortSignal;
}

/**
 * Runs work that is or begins with a pipeline run. The webhook is notified of a failure, once a day while it stays
 * the same; of a recovery; and of notices.
 *
 * @param work - Passes on the events of the run, and reports its end.
 */
export async function notifyOfRun<T>(
  { webhook, config, signal }: NotifyOptions,
  work: (run: NotifiedRun) => Promise<T>,
): Promise<T> {
  const { publicOrigin } = config.exposure;
  const dashboard = publicOrigin === undefined ? undefined : publicOrigin + config.basePath;
  const seen: { report?: PipelineReport; isNotified?: true } = {};
  try {
    return await work({
      onEvent: (event) => {
        if (event.type === 'run_finished' || event.type === 'run_stopped')
          seen.report = event.whole ?? event.report;
      },
      onEnd: async (pool) => {
        const { report } = seen;
        seen.isNotified = true;
        if (report === undefined) return;
        if (report.status === 'failed') {
          await notifyOfFailure(webhook, failedNotification(report, dashboard), pool);
        } else {
          await notifyOfPassed(webhook, report, dashboard, pool);
        }
      },
    });
  } catch (error) {
    if (seen.isNotified !== true && !signal.aborted && !isMisuse(error)) {
      await notifyOfFailure(
        webhook,
        seen.report === undefined
          ? noRunNotification(toTaskError(error))
          : failedNotification(seen.report, dashboard),
      );
    }
    throw error;
  }
}

/** Numbers in messages change from run to run, so the digest consists of what failed, and how. */
async function notifyOfFailure(
  webhook: Webhook,
  notification: RunNotification,
  pool?: Pool,
): Promise<void> {
  const digest = notification.failed.map(({ task, code }) => `${task} ${code}`).sort();
  await webhook.notifyOfLasting(
    { topic: 'pipeline', digest: digest.join('\n') },
    notification,
    pool,
  );
}

async function notifyOfPassed(
  webhook: Webhook,
  report: PipelineReport,
  dashboard: string | undefined,
  pool: Pool,
): Promise<void> {
  const sent = webhook.sentTopics(pool);
  // Without the stored topics there is no recovery to report; the run itself has passed.
  const topics = await sent?.topics().catch(() => undefined);
  if (sent === undefined || topics === undefined) return;
  const topicOf = ({ kind, source }: Notice): string => `${kind}:${source}`;
  const current = new Set(report.notices.map(topicOf));
  const recovered = [...topics.keys()].filter(
    (topic) => topic === 'pipeline' || (topic.startsWith('stale:') && !current.has(topic)),
  );
  if (recovered.length > 0) {
    const notification = recoveredNotification(report, recovered, dashboard);
    if (await webhook.post(notification)) {
      for (const topic of recovered) await sent.forget(topic).catch(() => undefined);
    }
  }
  const due = report.notices.filter((notice) =>
    isDue(topics.get(topicOf(notice)), digestOf(notice)),
  );
  if (due.length === 0) return;
  if (!(await webhook.post(attentionNotification(report, due, dashboard)))) return;
  for (const notice of due) {
    await sent.keep(topicOf(notice), digestOf(notice)).catch(() => undefined);
  }
}

/** Occasional rejects and stale sources count as the same topic; other notices are new each time. */
function digestOf({ kind, message }: Notice): string {
  return kind === 'rejects' || kind === 'stale' ? '' : message;
}

/** What only whoever gave the command has to know. */
const misuses: readonly string[] = ['USAGE', 'RUN_UNKNOWN', 'RUN_BUSY'];

function isMisuse(error: unknown): boolean {
  return error instanceof DaybookError && misuses.includes(error.code);
}
