import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'vitest';
import { createTestDatabase, root, type TestDatabase } from '../test/database.js';
import { measureCosts, postmasterOf, type FleetCosts } from './fleet/fleet-costs.js';
import { seededRandom } from '../test/seeded-random.js';
import { simulateRun, type SimulatedFleet } from './fleet/simulate-run.js';
import { processorSeconds, spread } from './measure.js';
import { reportTable } from './report.js';

/** A day's tasks, of which each hour's run has the same part. */
const tasksOfADay = 100_000;

/** Processors of the simulated Postgres. */
const processors = 4;

/** Workers that are started in earnest, to hold the sum of the measured steps against. */
const realWorkers = 4;

/** How large fleets share out what one of them has to do. */
interface Sharing {
  readonly name: string;
  /** What a worker's heartbeats take in a second, in milliseconds. */
  readonly beats: (costs: FleetCosts, workers: number) => number;
  /** What a poll takes that finds nothing, in milliseconds. */
  readonly poll: (costs: FleetCosts) => number;
  readonly chance: (idle: number) => number;
}

const byChance = (several: number): number => Math.min(1, 10 / several);

const sharings: readonly Sharing[] = [
  {
    name: 'all do all',
    beats: ({ beat, check }) => beat + check,
    // One attempt to take a job from each of four queues.
    poll: ({ look }) => 4 * look,
    chance: () => 1,
  },
  {
    name: 'as Daybook does',
    beats: ({ beat, check, count }, workers) => beat + check * byChance(workers) + count / 15,
    poll: ({ ask }) => ask,
    chance: byChance,
  },
];

test('a fleet of workers', async () => {
  const database = await createTestDatabase();
  const small = await createTestDatabase();
  try {
    const idle = await measureIdle(small);
    const costs = await measureCosts(database, { workers: 1000, jobs: tasksOfADay });
    await reportTable('fleet-costs', {
      title: 'What workers ask of Postgres',
      method: `Processor time of Postgres for each step, mean of 400, with 1,000 workers in \`ops.worker\` and ${tasksOfADay.toLocaleString('en')} jobs of the last day in the queue. A worker that has nothing to do takes what its heartbeats and polls take: measured with ${realWorkers} processes of \`daybook worker\`, less what Postgres takes without them, and summed up from the steps. A step that comes once a second costs more than one that follows another at once.`,
      columns: ['step', 'Postgres'],
      rows: [
        ['a heartbeat', ms(costs.beat)],
        ['a check for workers without one', ms(costs.check)],
        ['a question whether something waits', ms(costs.ask)],
        ['an attempt to take a job where none is', ms(costs.look)],
        ['counting the fleet', ms(costs.count)],
        ['a notification, for each session that listens', ms(costs.hear)],
        ['sending a task', ms(costs.send)],
        ['taking it, with its claim', ms(costs.take)],
        ['ending it, with the leader’s reading of the answer', ms(costs.end)],
        ['an idle worker in a second, measured', ms(idle.measured)],
        ['the same, as the sum of its steps', ms(idle.sum)],
        ['sessions of an idle worker', idle.sessions.toFixed(1)],
      ],
    });
    await reportTable('fleet', {
      title: 'A thousand workers, simulated',
      method: `Discrete events with the figures of the table above, heartbeats and polls as much dearer as was measured; the warehouse has ${processors} processors like those, 0.5 ms away. A run of ${Math.round(tasksOfADay / 24).toLocaleString('en')} tasks, the hourly part of ${tasksOfADay.toLocaleString('en')} a day, which depend on nothing and take 0.2 to 30 seconds (equally many of each order of magnitude, ${seconds(meanLength())} on average). No run can be faster than its tasks divided by the places for them. All do all: each worker checks the others at each heartbeat, tries all queues every two seconds, and looks when it hears of a task. Daybook leaves that to about ten of them.`,
      columns: [
        ...['workers × jobs', 'who looks', 'idle: processors', 'run', 'to its bound'],
        ...['wait, median', 'wait, 99 %', 'looks in vain', 'Postgres busy'],
      ],
      rows: fleets.flatMap(([workers, jobs]) =>
        sharings.map((sharing) =>
          simulated(sharing, [workers, jobs], costs, idle.measured / idle.sum),
        ),
      ),
    });
  } finally {
    await database.drop();
    await small.drop();
  }
});

const fleets: readonly (readonly [workers: number, jobs: number])[] = [
  [10, 2],
  [100, 2],
  [125, 8],
  [1000, 1],
];

/** The tasks of one run, in milliseconds; the same for all fleets. */
function taskLengths(): number[] {
  const random = seededRandom(1);
  return Array.from({ length: Math.round(tasksOfADay / 24) }, () => 200 * 150 ** random());
}

function meanLength(): number {
  const lengths = taskLengths();
  return lengths.reduce((sum, length) => sum + length, 0) / lengths.length / 1000;
}

/** @param apart - How much more a step takes that comes once in a while. */
function simulated(
  sharing: Sharing,
  [workers, jobs]: readonly [number, number],
  costs: FleetCosts,
  apart: number,
): string[] {
  const lengths = taskLengths();
  const pollInterval = 2000;
  const background = (apart * workers * sharing.beats(costs, workers)) / 1000;
  const poll = apart * sharing.poll(costs);
  const polls = (workers * poll) / pollInterval;
  const fleet: SimulatedFleet = {
    ...{ workers, jobs, processors, costs, trip: 0.5, background, pollInterval },
    ...{ poll, chance: sharing.chance },
  };
  const head = [`${workers.toLocaleString('en')} × ${jobs}`, sharing.name];
  const idle = (background + polls).toFixed(2);
  const run = background + polls < processors && simulateRun(fleet, lengths, seededRandom(2));
  if (run === false || run === undefined)
    return [...head, idle, 'more than there are', '', '', '', '', ''];
  const sum = lengths.reduce((total, length) => total + length, 0) / 1000;
  const bound = Math.max(sum / (workers * jobs), Math.max(...lengths) / 1000);
  const waits = run.waits.toSorted((a, b) => a - b);
  return [
    ...[...head, idle, seconds(run.seconds), `${(run.seconds / bound).toFixed(2)} ×`],
    ...[0.5, 0.99].map((part) =>
      seconds((waits[Math.floor(part * (waits.length - 1))] ?? 0) / 1000),
    ),
    ...[run.vainLooks.toLocaleString('en'), `${Math.round(100 * run.busy)} %`],
  ];
}

/** What an idle worker takes of Postgres in a second, measured and summed up, and how many sessions it has. */
interface IdleCost {
  readonly measured: number;
  readonly sum: number;
  readonly sessions: number;
}

async function measureIdle(database: TestDatabase): Promise<IdleCost> {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-bench-'));
  mkdirSync(join(folder, 'sql'));
  symlinkSync(join(root, 'sql/sources'), join(folder, 'sql/sources'));
  writeFileSync(join(folder, 'package.json'), '{}');
  const postmaster = await postmasterOf(database.owner);
  /** Processor time of a second, in milliseconds. */
  const rate = async (): Promise<number> => {
    const [before, begun] = [processorSeconds(postmaster), performance.now()];
    await sleep(10_000);
    return ((processorSeconds(postmaster) - before) * 1e6) / (performance.now() - begun);
  };
  const without = await rate();
  const workers: ChildProcess[] = [];
  try {
    for (let index = 0; index < realWorkers; index += 1) {
      const env = { ...process.env, DATABASE_URL: database.ownerUrl, DAYBOOK_HOME: folder };
      const args = [join(root, 'bin/daybook.js'), 'worker'];
      workers.push(spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore' }));
    }
    const present = 'select from ops.worker where ended_at is null';
    while ((await database.rows(present)).length < realWorkers) await sleep(50);
    // What their start leaves to do is done.
    await sleep(5000);
    const rates = [await rate(), await rate(), await rate()];
    const sessions = await database.rows(
      "select from pg_stat_activity where application_name like 'daybook worker %'",
    );
    const alone = await createTestDatabase();
    const costs = await measureCosts(alone, { workers: realWorkers, jobs: 0 });
    await alone.drop();
    return {
      measured: (spread(rates).median - without) / realWorkers,
      sum: costs.beat + costs.check + costs.ask / 2 + costs.count / 15,
      sessions: sessions.length / realWorkers,
    };
  } finally {
    for (const worker of workers) {
      const ended = once(worker, 'exit');
      worker.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function ms(value: number): string {
  return `${value.toFixed(3)} ms`;
}

function seconds(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : 1)} s`;
}
