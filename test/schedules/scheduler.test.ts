import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeProject } from '../../src/config/project/project-settings.js';
import type { ScheduleSettings } from '../../src/config/declarations/schedule-config.js';
import { silentLogger } from '../../src/logger.js';
import { claimDue, declareSchedules } from '../../src/schedules/claim-due.js';
import type { Firing, FiringEnd } from '../../src/schedules/firing.js';
import { readScheduleStates } from '../../src/schedules/schedule-reader.js';
import { runScheduler, type SchedulerOptions } from '../../src/schedules/scheduler.js';
import { withScheduleLock } from '../../src/schedules/schedule-lock.js';
import { createPool } from '../../src/warehouse/connect/pool.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { until } from '../until.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** One schedule as the project file declares it. */
function declared(name: string, schedule: object): ScheduleSettings {
  const completed = completeProject({ schedules: { [name]: schedule } });
  if ('problems' in completed) throw new Error(JSON.stringify(completed.problems));
  return completed.settings.schedules[0]!;
}

/** A scheduler of this process, on connections of its own as of another machine. */
function scheduler(
  schedules: readonly ScheduleSettings[],
  fire: SchedulerOptions['fire'],
  dataState: SchedulerOptions['dataState'] = () => Promise.resolve(''),
) {
  const ending = new AbortController();
  const pool = createPool(database.ownerUrl, silentLogger);
  const options = {
    ...{ pool, schedules, fire, dataState, signal: ending.signal },
    ...{ timeZone: 'UTC', logger: silentLogger },
  };
  const running = runScheduler(options);
  return {
    end: async () => {
      ending.abort();
      await running;
      await pool.end();
    },
  };
}

const passed: FiringEnd = { status: 'passed' };

const options = () => ({
  ...{ pool: database.owner, timeZone: 'UTC', process: 'test:1' },
  dataState: () => Promise.resolve(''),
});

/** Lets time pass: what was decided up to now is decided up to so many seconds ago. */
async function goBack(name: string, seconds: number): Promise<void> {
  await database.owner.query(
    `update ops.schedule set decided_until = clock_timestamp() - make_interval(secs => $2) where schedule = $1`,
    [name, seconds],
  );
}

const firingsOf = (name: string) =>
  database.rows<{ status: string; attempt: number; missed: number; due: Date }>(
    `select status, attempt, missed_count as missed, due_at as due from ops.schedule_firing
    where schedule = $1 order by due_at`,
    name,
  );

describe('several schedulers', () => {
  test('do each time once, one after the other, whichever of them comes and goes', async () => {
    const schedule = declared('every-second', { every: '1 second', catchUp: 'all' });
    const done: string[] = [];
    let atOnce = 0;
    const fire = async (_: ScheduleSettings, { dueAt }: Firing): Promise<FiringEnd> => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      done.push(dueAt.toISOString());
      await database.owner.query('select 1');
      atOnce -= 1;
      return passed;
    };
    await declareSchedules(database.owner, [schedule], 'UTC');
    await goBack('every-second', 40);
    const first = [scheduler([schedule], fire), scheduler([schedule], fire)];
    await until(() => done.length > 10);
    const later = scheduler([schedule], fire);
    await first[0]!.end();
    await until(() => done.length > 41);
    await Promise.all([first[1]!.end(), later.end()]);
    // No second is left out, and none is done twice.
    const times = done.map((time) => Date.parse(time));
    expect(times.map((time) => (time - times[0]!) / 1000)).toEqual(times.map((_, index) => index));
    const noted = await firingsOf('every-second');
    expect(noted.filter(({ status }) => status === 'passed')).toHaveLength(done.length);
  });

  test('see how many they are, and what is late', async () => {
    const schedule = declared('seen', { cron: '0 5 * * *', timeZone: 'Europe/Berlin' });
    const read = () => readScheduleStates(database.reader, [schedule], 'UTC');
    expect(await read()).toMatchObject({ schedulers: 0, schedules: [{ firings: [] }] });
    const both = [
      scheduler([schedule], () => Promise.resolve(passed)),
      scheduler([schedule], () => Promise.resolve(passed)),
    ];
    await until(async () => (await read()).schedulers === 2);
    await Promise.all(both.map((one) => one.end()));
    await goBack('seen', 24 * 3600);
    const { schedules, schedulers } = await read();
    expect(schedulers).toBe(0);
    expect(schedules[0]).toMatchObject({
      when: '0 5 * * * in Europe/Berlin',
      does: 'pipeline, notebooks',
      lateSince: expect.any(String),
    });
    expect(schedules[0]!.next).toHaveLength(3);
  });
});

describe('a time', () => {
  test('that a process died of is done again by others, three times at most', async () => {
    const schedule = declared('dying', { every: '1 day' });
    await declareSchedules(database.owner, [schedule], 'UTC');
    await goBack('dying', 24 * 3600);
    for (const attempt of [1, 2, 3]) {
      // Claimed, and then its process is gone: the lock with it.
      expect(await claimDue(schedule, options())).toMatchObject({ attempt });
    }
    expect(await claimDue(schedule, options())).toBeUndefined();
    expect(await firingsOf('dying')).toMatchObject([{ status: 'died', attempt: 3 }]);
  });

  test('that a process died of is left where the schedule says so', async () => {
    const schedule = declared('left', { every: '1 day', ifDied: 'leave' });
    await declareSchedules(database.owner, [schedule], 'UTC');
    await goBack('left', 24 * 3600);
    expect(await claimDue(schedule, options())).toMatchObject({ attempt: 1 });
    expect(await claimDue(schedule, options())).toBeUndefined();
    expect(await firingsOf('left')).toMatchObject([{ status: 'died', attempt: 1 }]);
  });

  test('that was missed is noted, with those before it', async () => {
    const schedule = declared('missed', { every: '1 hour', catchUp: 'none' });
    await declareSchedules(database.owner, [schedule], 'UTC');
    // So long ago that the last hour is over for more than a minute, whenever this is.
    await database.owner.query(
      `update ops.schedule set decided_until = clock_timestamp() - interval '5 hours' where schedule = 'missed'`,
    );
    const claimed = await claimDue(schedule, options());
    const noted = await firingsOf('missed');
    if (claimed === undefined) expect(noted).toMatchObject([{ status: 'missed', missed: 5 }]);
    else expect(noted).toMatchObject([{ status: 'running', missed: 4 }]);
    expect(await claimDue({ ...schedule, ifDied: 'leave' }, options())).toBeUndefined();
  });

  test('of another timing than before counts from then on', async () => {
    const names = [
      declared('changing', { every: '1 minute' }),
      declared('changing', { every: '1 second' }),
    ];
    await declareSchedules(database.owner, names.slice(0, 1), 'UTC');
    await goBack('changing', 3600);
    await declareSchedules(database.owner, names.slice(1), 'UTC');
    const [row] = await database.rows<{ isNow: boolean }>(
      `select decided_until > clock_timestamp() - interval '1 minute' as "isNow" from ops.schedule
      where schedule = 'changing'`,
    );
    expect(row).toEqual({ isNow: true });
  });

  test('is interrupted by the end of its scheduler, and waits for another one', async () => {
    const schedule = declared('interrupted', { every: '1 day' });
    await declareSchedules(database.owner, [schedule], 'UTC');
    await goBack('interrupted', 24 * 3600);
    let isAtWork = false;
    const first = scheduler([schedule], async (_, __, { signal }) => {
      isAtWork = true;
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      throw new Error('it was aborted');
    });
    await until(() => isAtWork);
    await first.end();
    expect(await firingsOf('interrupted')).toMatchObject([{ status: 'waiting', attempt: 0 }]);
    const second = scheduler([schedule], () => Promise.resolve(passed));
    await until(async () => (await firingsOf('interrupted'))[0]?.status === 'passed');
    await second.end();
  });

  test('comes when data have changed, and not for those that were there', async () => {
    const schedule = declared('following', { whenChanged: ['orders', 'gold.revenue'] });
    await declareSchedules(database.owner, [schedule], 'UTC');
    const claim = (state: string) =>
      claimDue(schedule, { ...options(), dataState: () => Promise.resolve(state) });
    expect(await claim('a')).toBeUndefined();
    expect(await claim('a')).toBeUndefined();
    expect(await claim('b')).toMatchObject({ cause: 'data', attempt: 1 });
  });
});

test('the lock of a schedule is lost with its connection, and its holder hears of it', async () => {
  let isLost = false;
  const held = withScheduleLock(database.owner, 'held', async (lost) => {
    expect(await withScheduleLock(database.owner, 'held', () => Promise.resolve())).toBe(false);
    await database.owner.query(
      `select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and classid = 6 and pid <> pg_backend_pid()`,
    );
    await until(() => lost.aborted);
    isLost = true;
  });
  await held;
  expect(isLost).toBe(true);
  expect(await withScheduleLock(database.owner, 'held', () => Promise.resolve())).toBe(true);
});
