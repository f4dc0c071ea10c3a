// A run's tasks on a fleet of workers, in simulated time: who looks, who takes, and what Postgres has to do meanwhile.

import { EventQueue } from './event-queue.js';
import type { FleetCosts } from './fleet-costs.js';

/** Workers and their warehouse. */
export interface SimulatedFleet {
  readonly workers: number;
  /** Tasks that a worker does at once. */
  readonly jobs: number;
  /** Processors of Postgres. */
  readonly processors: number;
  readonly costs: FleetCosts;
  /** The way to Postgres and back, in milliseconds. */
  readonly trip: number;
  /** What the fleet's heartbeats take of the processors, from 0 to their number. */
  readonly background: number;
  /** The interval of a worker's polls, in milliseconds. */
  readonly pollInterval: number;
  /** What a poll takes of Postgres when nothing waits, in milliseconds. */
  readonly poll: number;
  /** How probable it is that a worker looks when it hears of a task. @param idle - The workers with room. */
  readonly chance: (idle: number) => number;
}

/** What a run was like. */
export interface SimulatedRun {
  /** From the first task's sending to the last one's end, in seconds. */
  readonly seconds: number;
  /** How long each task waited for a worker, in milliseconds. */
  readonly waits: readonly number[];
  /** Looks at the queue that found nothing. */
  readonly vainLooks: number;
  /** The part of its processors' time that Postgres worked. */
  readonly busy: number;
}

interface SimulatedWorker {
  free: number;
  isLooking: boolean;
  looksAgain: boolean;
}

/**
 * Simulates one run. Its leader sends its tasks, which depend on nothing, one after another; workers look when they hear of
 * one, after each task, and by polls. Postgres serves in the order of arrival, by what its processors have left beside
 * heartbeats.
 *
 * @param tasks - How long each takes, in milliseconds.
 * @param random - From 0 to 1.
 * @returns Undefined: heartbeats alone take more than Postgres has.
 */
export function simulateRun(
  fleet: SimulatedFleet,
  tasks: readonly number[],
  random: () => number,
): SimulatedRun | undefined {
  const { costs, trip, processors } = fleet;
  const speed = 1 - fleet.background / processors;
  if (speed <= 0) return undefined;
  const clock = new EventQueue();
  const workers: SimulatedWorker[] = Array.from({ length: fleet.workers }, () => ({
    ...{ free: fleet.jobs, isLooking: false, looksAgain: false },
  }));
  const waiting: { readonly length: number; readonly since: number }[] = [];
  const waits: number[] = [];
  let [left, vainLooks, worked, next] = [tasks.length, 0, 0, 0];

  // The instant at which each processor is free again.
  const freeAt = Array.from({ length: processors }, () => 0);
  const ask = (cost: number, answered: () => void): void => {
    const index = freeAt.indexOf(Math.min(...freeAt));
    const begun = Math.max(clock.now + trip / 2, freeAt[index]!);
    freeAt[index] = begun + cost / speed;
    worked += cost;
    clock.after(freeAt[index] + trip / 2 - clock.now, answered);
  };
  const idle = (): number => workers.filter(({ free }) => free > 0).length;

  const look = (worker: SimulatedWorker): void => {
    worker.looksAgain = worker.isLooking;
    if (worker.isLooking || worker.free === 0) return;
    worker.isLooking = true;
    const found = waiting.splice(0, worker.free);
    worker.free -= found.length;
    if (found.length === 0) vainLooks += 1;
    ask(found.length === 0 ? costs.look : costs.take * found.length, () => {
      worker.isLooking = false;
      for (const { length, since } of found) {
        waits.push(clock.now - since);
        clock.after(length, () => {
          ask(costs.end + costs.hear * fleet.workers, () => {
            worker.free += 1;
            left -= 1;
            look(worker);
          });
        });
      }
      if (worker.looksAgain) look(worker);
    });
  };
  const poll = (worker: SimulatedWorker): void => {
    clock.after(fleet.pollInterval, () => {
      poll(worker);
    });
    if (worker.free === 0) return;
    ask(fleet.poll, () => {
      if (waiting.length > 0) look(worker);
    });
  };
  const send = (): void => {
    const length = tasks[next];
    if (length === undefined) return;
    next += 1;
    ask(costs.send + costs.hear * fleet.workers, () => {
      waiting.push({ length, since: clock.now });
      const chance = fleet.chance(idle());
      for (const worker of workers) if (worker.free > 0 && random() < chance) look(worker);
      send();
    });
  };

  for (const worker of workers) {
    clock.after(random() * fleet.pollInterval, () => {
      poll(worker);
    });
  }
  send();
  clock.run(() => left === 0);
  const busy = (worked / clock.now + fleet.background) / processors;
  return { seconds: clock.now / 1000, waits, vainLooks, busy };
}
