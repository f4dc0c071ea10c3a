import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeProject } from '../../src/config/project/project-settings.js';
import type { DeadlineSettings } from '../../src/config/declarations/deadline-config.js';
import { silentLogger } from '../../src/logger.js';
import { evaluateDeadlines, type DeadlineMessage } from '../../src/schedules/deadline-watch.js';
import { readDeadlineStates } from '../../src/schedules/deadline-reader.js';
import { describeDeadline, lastWindow, nextWindow } from '../../src/schedules/deadline-times.js';
import { createTestDatabase, type TestDatabase } from '../database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** One deadline as the project file declares it. */
function declared(deadline: object, name = 'a'): DeadlineSettings {
  const completed = completeProject({
    schedules: { nightly: { every: '1 day' } },
    deadlines: { [name]: deadline },
  });
  if ('problems' in completed) throw new Error(JSON.stringify(completed.problems));
  return completed.settings.deadlines[0]!;
}

describe('the times of a deadline', () => {
  const window = (deadline: DeadlineSettings, at: string) => {
    const { since, dueAt } = lastWindow(deadline, 'America/Toronto', new Date(at))!;
    return [since.toISOString().slice(0, 16), dueAt.toISOString().slice(0, 16)];
  };

  test('are by the clock of its zone, from the start of its day on', () => {
    const revenue = declared({ data: 'gold.revenue', by: '07:00', on: 'weekdays' });
    expect(describeDeadline(revenue, 'America/Toronto')).toBe(
      'gold.revenue by 07:00 on weekdays in America/Toronto',
    );
    // A Monday, the Sunday before the clocks went forward, which is no day of it, and the Friday before.
    expect(window(revenue, '2026-03-09T11:00:00Z')).toEqual([
      '2026-03-09T04:00',
      '2026-03-09T11:00',
    ]);
    expect(window(revenue, '2026-03-09T10:59:59Z')).toEqual([
      '2026-03-06T05:00',
      '2026-03-06T12:00',
    ]);
    expect(nextWindow(revenue, 'America/Toronto', new Date('2026-03-07T00:00:00Z'))!.dueAt).toEqual(
      new Date('2026-03-09T11:00:00Z'),
    );
  });

  test('at 24:00 are the end of the day, also of the one with 23 hours', () => {
    const orders = declared({
      data: 'orders',
      by: '24:00',
      on: ['sunday'],
      timeZone: 'Europe/Berlin',
    });
    expect(describeDeadline(orders, 'UTC')).toBe('orders by 24:00 on sunday in Europe/Berlin');
    expect(window(orders, '2026-03-29T22:00:00Z')).toEqual([
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ]);
    expect(window(orders, '2026-03-29T21:59:00Z')).toEqual([
      '2026-03-21T23:00',
      '2026-03-22T23:00',
    ]);
  });

  test('may count from the evening before', () => {
    const early = declared({ data: 'orders', by: '07:00', since: '18:00', timeZone: 'UTC' });
    expect(window(early, '2026-03-09T08:00:00Z')).toEqual(['2026-03-08T18:00', '2026-03-09T07:00']);
  });
});

describe('a deadline', () => {
  const orders = declared({ data: 'orders', by: '24:00', timeZone: 'UTC' });
  const messages: DeadlineMessage[] = [];
  let isReached = true;
  const judge = (...deadlines: DeadlineSettings[]) =>
    evaluateDeadlines({
      ...{ pool: database.owner, deadlines, timeZone: 'UTC', logger: silentLogger },
      tell: (message) => {
        if (isReached) messages.push(message);
        return Promise.resolve(isReached);
      },
    });
  const told = () => messages.splice(0).map(({ event, deadline }) => `${event} ${deadline}`);

  /** As if it were declared long ago. */
  const age = () =>
    database.owner.query(`update ops.deadline set declared_at = now() - interval '30 days'`);

  test('that passed before it was declared was not missed', async () => {
    await judge(orders);
    expect(told()).toEqual([]);
    expect(await readDeadlineStates(database.reader, [orders], 'UTC')).toMatchObject([
      { isMissed: false, last: null, terms: 'orders by 24:00 each day in UTC' },
    ]);
  });

  test('is told once when it is missed, by whoever judges, and once when it has arrived', async () => {
    await age();
    isReached = false;
    await judge(orders);
    expect(told()).toEqual([]);
    isReached = true;
    // Whom nobody could tell is told the next time; of two at once by one.
    await Promise.all([judge(orders), judge(orders)]);
    expect(told()).toEqual(['missed a']);
    await judge(orders);
    expect(told()).toEqual([]);
    expect(await readDeadlineStates(database.reader, [orders], 'UTC')).toMatchObject([
      { isMissed: true, last: { arrivedAt: null } },
    ]);
    await database.owner.query(
      `insert into ops.source_file
        (source, definition, source_file, sha256, bytes, line_count, loaded_count, rejected_count, run_id)
      values ('orders', '', 'a.log', '', 0, 0, 0, 0, $1)`,
      [await newRun()],
    );
    await Promise.all([judge(orders), judge(orders)]);
    expect(told()).toEqual(['arrived a']);
    expect(await readDeadlineStates(database.reader, [orders], 'UTC')).toMatchObject([
      { isMissed: false, last: { arrivedAt: expect.any(String) } },
    ]);
  });

  test('in time is told nobody; of a table and of a schedule an end that passed counts', async () => {
    const [table, nightly] = [
      declared({ data: 'gold.revenue', by: '24:00', timeZone: 'UTC' }, 'table'),
      declared({ schedule: 'nightly', by: '24:00', timeZone: 'UTC' }, 'nightly'),
    ];
    await judge(table, nightly);
    await age();
    const run = await newRun();
    await database.owner.query(
      `insert into ops.task_run (run_id, task, kind, status, finished_at)
      values ($1, 'gold.revenue', 'model', 'unchanged', date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' - interval '1 hour')`,
      [run],
    );
    await database.owner.query(
      `insert into ops.schedule (schedule, timing) values ('nightly', '');
      insert into ops.schedule_firing (schedule, due_at, cause, status, finished_at)
      select 'nightly', day - interval '3 hours', 'time', 'failed', day - interval '2 hours'
      from (select date_trunc('day', now() at time zone 'UTC') at time zone 'UTC' as day) as today`,
    );
    await judge(table, nightly);
    expect(told()).toEqual(['missed nightly']);
  });

  async function newRun(): Promise<string> {
    const [row] = await database.rows<{ id: string }>(
      `insert into ops.pipeline_run (trigger, status, data_dir, time_zone)
      values ('command', 'passed', '/', 'UTC') returning run_id::text as id`,
    );
    return row!.id;
  }
});
