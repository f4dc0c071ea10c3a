// Evaluation of deadlines by servers and schedulers: each miss is recorded and notified once, and its end once more.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { DeadlineSettings } from '../config/declarations/deadline-config.js';
import { describeError } from '../errors.js';
import type { Logger } from '../logger.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { withTransaction } from '../warehouse/query/transaction.js';
import { deadlineTerms, firstArrival, readDeadlineStates } from './deadline-reader.js';
import { describeDeadline } from './deadline-times.js';

/** A message about a deadline. */
export interface DeadlineMessage {
  readonly event: 'missed' | 'arrived';
  readonly work: 'deadline';
  /** In words, as chats show it. */
  readonly text: string;
  readonly deadline: string;
  /** RFC 3339 in UTC. */
  readonly dueAt: string;
  readonly arrivedAt: string | null;
}

/** Options of {@link watchDeadlines}. */
export interface DeadlineWatchOptions {
  /** Of the owner. */
  readonly pool: Pool;
  readonly deadlines: readonly DeadlineSettings[];
  readonly timeZone: string;
  /** Sends a message. @returns False: it has to be sent again. */
  readonly tell: (message: DeadlineMessage) => Promise<boolean>;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** The interval of evaluations, in milliseconds. */
const evaluationMs = 20_000;

/** Evaluates deadlines until the signal is aborted, in any number of processes; each message is sent by one of them. */
export async function watchDeadlines(options: DeadlineWatchOptions): Promise<void> {
  const { signal, logger } = options;
  const told = { problem: '' };
  while (!signal.aborted) {
    try {
      await evaluateDeadlines(options);
      told.problem = '';
    } catch (error) {
      const problem = describeError(error);
      if (problem !== told.problem) logger.warn(`deadlines cannot be judged: ${problem}`);
      told.problem = problem;
    }
    await sleep(evaluationMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Records which deadlines were missed and what has arrived since, and sends the messages that are due. */
export async function evaluateDeadlines(
  options: Omit<DeadlineWatchOptions, 'signal'>,
): Promise<void> {
  const { pool, deadlines, timeZone, logger } = options;
  await declareDeadlines(pool, deadlines, timeZone);
  for (const { name, last } of await readDeadlineStates(pool, deadlines, timeZone)) {
    const isInTime =
      last?.arrivedAt != null && Date.parse(last.arrivedAt) <= Date.parse(last.dueAt);
    if (last === null || isInTime) continue;
    const { rowCount } = await pool.query(
      `insert into ops.deadline_miss (deadline, due_at, since) values ($1, $2, $3)
      on conflict do nothing`,
      [name, last.dueAt, last.since],
    );
    if (rowCount === 1) logger.warn(`deadline ${name} was missed: due at ${last.dueAt}`);
  }
  await noteArrivals(options);
  await tellOpen(options);
}

/** Registers deadlines: a new one, or one whose terms have changed, counts from now on. */
async function declareDeadlines(
  pool: Pool,
  deadlines: readonly DeadlineSettings[],
  timeZone: string,
): Promise<void> {
  await pool.query(
    `insert into ops.deadline (deadline, terms) select * from unnest($1::text[], $2::text[])
    on conflict (deadline) do update
    set (terms, declared_at) = (excluded.terms, excluded.declared_at)
    where deadline.terms <> excluded.terms`,
    [deadlines.map(({ name }) => name), deadlines.map((one) => deadlineTerms(one, timeZone))],
  );
}

async function noteArrivals({
  pool,
  deadlines,
}: Pick<DeadlineWatchOptions, 'pool' | 'deadlines'>): Promise<void> {
  const open = await queryRows<{ name: string; dueAt: string; since: string }>(
    pool,
    `select deadline as name, due_at as "dueAt", since from ops.deadline_miss
    where arrived_at is null and deadline = any ($1)`,
    [deadlines.map(({ name }) => name)],
  );
  for (const { name, dueAt, since } of open) {
    const deadline = deadlines.find((one) => one.name === name);
    const arrivedAt = deadline && (await firstArrival(pool, deadline, { since: new Date(since) }));
    if (arrivedAt == null) continue;
    await pool.query(
      `update ops.deadline_miss set arrived_at = $3
      where deadline = $1 and due_at = $2 and arrived_at is null`,
      [name, dueAt, arrivedAt],
    );
  }
}

/**
 * Tells what was not told yet, while nobody else does: the row is locked meanwhile. What arrived before its miss was
 * told is one message. What is older than a day is no news.
 */
async function tellOpen({
  pool,
  deadlines,
  timeZone,
  tell,
}: Omit<DeadlineWatchOptions, 'signal'>): Promise<void> {
  const byName = new Map(deadlines.map((deadline) => [deadline.name, deadline]));
  for (let isMore = true; isMore;) {
    isMore = await withTransaction(pool, async (client) => {
      const [row] = await queryRows<{
        name: string;
        dueAt: string;
        arrivedAt: string | null;
      }>(
        client,
        `select deadline as name, due_at as "dueAt", arrived_at as "arrivedAt"
        from ops.deadline_miss
        where
          deadline = any ($1) and noted_at > clock_timestamp() - interval '1 day'
          and (told_missed_at is null and arrived_at is null or told_arrived_at is null and arrived_at is not null)
        order by due_at limit 1
        for update skip locked`,
        [[...byName.keys()]],
      );
      const deadline = byName.get(row?.name ?? '');
      if (row === undefined || deadline === undefined) return false;
      const event = row.arrivedAt === null ? 'missed' : 'arrived';
      const terms = describeDeadline(deadline, timeZone);
      const text =
        row.arrivedAt === null
          ? `deadline ${row.name} was missed: ${terms}`
          : `deadline ${row.name}: ${terms} arrived late, at ${row.arrivedAt}`;
      const { arrivedAt, dueAt } = row;
      const message = {
        event,
        work: 'deadline',
        text,
        deadline: row.name,
        dueAt,
        arrivedAt,
      } as const;
      if (!(await tell(message))) return false;
      await client.query(
        `update ops.deadline_miss
        set ${event === 'missed' ? 'told_missed_at' : 'told_arrived_at'} = clock_timestamp()
        where deadline = $1 and due_at = $2`,
        [row.name, dueAt],
      );
      return true;
    });
  }
}
