// Webhook notifications about notebook runs: when they are sent.

import type { Pool } from 'pg';
import { notificationOf, staleNotification } from '../../notebook/report/notification.js';
import type { RunReport } from '../../notebook/report/run-report.js';
import { createPublicationReader } from '../../publication/publication-reader.js';
import { isDue } from './sent-topics.js';
import type { Webhook } from './webhook.js';

const topic = 'notebooks';
const staleTopic = (slug: string): string => `stale-notebook:${slug}`;

/**
 * Notifies the webhook of a run of notebooks: of failures, once a day while they stay the same; of recoveries; and
 * of pages whose data are older than their notebooks permit.
 *
 * @param pool - The warehouse's; without it the age of data is not checked.
 */
export async function notifyOfNotebooks(
  webhook: Webhook,
  report: RunReport,
  pool?: Pool,
): Promise<void> {
  if (!webhook.isSet) return;
  const notification = notificationOf(report);
  if (notification?.event === 'failed') {
    const digest = notification.failed.map(({ notebook }) => notebook).sort();
    await webhook.notifyOfLasting({ topic, digest: digest.join('\n') }, notification, pool);
  } else if (notification !== undefined && (await webhook.post(notification))) {
    await webhook
      .sentTopics(pool)
      ?.forget(topic)
      .catch(() => undefined);
  }
  if (pool !== undefined) await notifyOfAge(webhook, pool).catch(() => undefined);
}

async function notifyOfAge(webhook: Webhook, pool: Pool): Promise<void> {
  const sent = webhook.sentTopics(pool);
  const topics = await sent?.topics();
  if (sent === undefined || topics === undefined) return;
  const { notebooks } = await createPublicationReader(pool).readPublication();
  for (const { slug, staleAfter } of notebooks) {
    if (staleAfter === undefined) await sent.forget(staleTopic(slug));
  }
  const stale = notebooks.flatMap(({ slug, staleAfter, shown }) =>
    staleAfter === undefined ? [] : [{ slug, staleAfter, dataThrough: shown?.dataThrough }],
  );
  const due = stale.filter(({ slug }) => isDue(topics.get(staleTopic(slug)), ''));
  if (due.length === 0 || !(await webhook.post(staleNotification(due)))) return;
  for (const { slug } of due) await sent.keep(staleTopic(slug), '');
}
