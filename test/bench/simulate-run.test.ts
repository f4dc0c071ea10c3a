import { expect, test } from 'vitest';
import { EventQueue } from '../../bench/fleet/event-queue.js';
import { simulateRun, type SimulatedFleet } from '../../bench/fleet/simulate-run.js';
import { seededRandom } from '../seeded-random.js';

const nothing = {
  ...{ beat: 0, check: 0, look: 0, ask: 0, count: 0, hear: 0 },
  ...{ send: 0, take: 0, end: 0 },
};

const fleet: SimulatedFleet = {
  ...{ workers: 7, jobs: 2, processors: 1, costs: nothing, trip: 0, background: 0 },
  ...{ pollInterval: 2000, poll: 0, chance: () => 1 },
};

test('events happen in the order of their instants, those of one instant as they were planned', () => {
  const random = seededRandom(1);
  const clock = new EventQueue();
  const planned: number[] = [];
  const happened: [at: number, number: number][] = [];
  for (let number = 0; number < 2000; number += 1) {
    const delay = Math.floor(random() * 200);
    planned.push(delay);
    clock.after(delay, () => happened.push([clock.now, number]));
  }
  clock.run(() => false);
  const expected = planned
    .map((at, number): [number, number] => [at, number])
    .toSorted((one, other) => one[0] - other[0] || one[1] - other[1]);
  expect(happened).toEqual(expected);
});

test('without costs a run takes what its tasks take by as many places', () => {
  const run = simulateRun(
    fleet,
    Array.from({ length: 1400 }, () => 500),
    seededRandom(2),
  );
  expect(run?.seconds).toBeCloseTo(50, 6);
  expect(run?.waits).toHaveLength(1400);
});

test('what costs nothing but the sending takes as long as all that is sent', () => {
  const costs = { ...nothing, send: 3, hear: 0.5 };
  const run = simulateRun(
    { ...fleet, costs },
    Array.from({ length: 1000 }, () => 0),
    seededRandom(3),
  );
  // Each notification is heard by seven, when a task is sent and when it has ended.
  expect(run?.seconds).toBeCloseTo((1000 * (3 + 2 * 7 * 0.5)) / 1000, 1);
  expect(run?.busy).toBeCloseTo(1, 1);
});

test('heartbeats slow down all else, and are not simulated beyond what there is', () => {
  const costs = { ...nothing, send: 3 };
  const tasks = Array.from({ length: 1000 }, () => 0);
  const half = simulateRun({ ...fleet, costs, background: 0.5 }, tasks, seededRandom(4));
  expect(half?.seconds).toBeCloseTo(6, 1);
  expect(simulateRun({ ...fleet, background: 1 }, tasks, seededRandom(4))).toBeUndefined();
});

test('whom nobody tells hears by polls: a task waits for half of the interval, divided by those who poll', () => {
  const tasks = Array.from({ length: 4000 }, () => 0);
  const costs = { ...nothing, send: 5000 };
  // One processor sends, the other answers.
  const slow = { ...fleet, costs, processors: 2, chance: () => 0 };
  const run = simulateRun(slow, tasks, seededRandom(5));
  const mean = (run?.waits.reduce((sum, wait) => sum + wait, 0) ?? 0) / tasks.length;
  // Seven instants of an interval, each at random: the next one is an eighth of the interval away on average, and
  // farther between two that lie apart.
  expect(mean).toBeGreaterThan(2000 / 14);
  expect(mean).toBeLessThan(2000 / 3);
});
