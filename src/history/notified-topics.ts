// Topics that a webhook's receiver was notified of.

import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';

/** A lasting condition that a receiver was notified of. */
export interface NotifiedTopic {
  readonly topic: string;
  readonly digest: string;
  /** Milliseconds of Unix. */
  readonly toldAt: number;
}

/** The topics that a receiver was notified of, and that are not over. */
export async function readNotifiedTopics(pool: Pool, receiver: string): Promise<NotifiedTopic[]> {
  return queryRows<NotifiedTopic>(
    pool,
    `select topic, digest, extract(epoch from told_at)::float8 * 1000 as "toldAt"
    from ops.told where receiver = $1`,
    [receiver],
  );
}

/** Records a notification of a topic, now. */
export async function keepNotifiedTopic(
  pool: Pool,
  receiver: string,
  topic: string,
  digest: string,
): Promise<void> {
  await pool.query(
    `insert into ops.told (receiver, topic, digest) values ($1, $2, $3)
    on conflict (receiver, topic) do update
    set (digest, told_at) = (excluded.digest, clock_timestamp())`,
    [receiver, topic, digest],
  );
}

/** Deletes a topic that is over. */
export async function removeNotifiedTopic(
  pool: Pool,
  receiver: string,
  topic: string,
): Promise<void> {
  await pool.query('delete from ops.told where receiver = $1 and topic = $2', [receiver, topic]);
}
