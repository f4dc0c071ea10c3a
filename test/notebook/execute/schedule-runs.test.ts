import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { treeMemory } from '../../../src/jupyter/process-memory.js';
import { KernelMemory } from '../../../src/notebook/execute/kernel-memory.js';
import { advance, noProgress, progressLine } from '../../../src/notebook/report/progress.js';
import { scheduleRuns } from '../../../src/notebook/execute/schedule-runs.js';

/** Work that ends when it is told to. */
class Work {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly run = async (item: string): Promise<string> => {
    this.begun.push(item);
    await new Promise<void>((resolve) => this.#ends.set(item, resolve));
    if (item.startsWith('!')) throw new Error(item);
    return item.toUpperCase();
  };
  async end(item: string): Promise<void> {
    await expect.poll(() => this.#ends.has(item)).toBe(true);
    this.#ends.get(item)?.();
  }
}

test('in order, so many at once; what comes after another waits for it', async () => {
  const work = new Work();
  const after = (item: string) => (item === 'b' ? ['d'] : []);
  const results = scheduleRuns(['a', 'b', 'c', 'd', 'e'], { jobs: 2, after }, work.run);
  await expect.poll(() => work.begun).toEqual(['a', 'c']);
  await work.end('c');
  await expect.poll(() => work.begun).toEqual(['a', 'c', 'd']);
  await work.end('d');
  await expect.poll(() => work.begun).toEqual(['a', 'c', 'd', 'b']);
  await work.end('a');
  for (const item of ['b', 'e']) await work.end(item);
  expect(await results).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('an error does not stop the others, and is thrown when they are done', async () => {
  const work = new Work();
  const results = scheduleRuns(['!a', 'b'], { jobs: 1, after: () => [] }, work.run);
  const thrown = expect(results).rejects.toThrow('!a');
  await work.end('!a');
  await work.end('b');
  await thrown;
  expect(work.begun).toEqual(['!a', 'b']);
});

test('others wait until there is room; the first one never does', async () => {
  const work = new Work();
  let hasRoom = false;
  const schedule = { jobs: 2, after: () => [], hasRoom: () => hasRoom };
  const results = scheduleRuns(['a', 'b', 'c'], schedule, work.run);
  await expect.poll(() => work.begun).toEqual(['a']);
  hasRoom = true;
  await expect.poll(() => work.begun).toEqual(['a', 'b']);
  hasRoom = false;
  await work.end('a');
  await work.end('b');
  await work.end('c');
  expect(await results).toEqual(['A', 'B', 'C']);
});

test('kernels are measured: whether another one fits, and which takes too much', () => {
  const taken: Record<number, number> = { 1: 100e6, 2: 700e6 };
  using memory = new KernelMemory({ together: 2e9, each: 800e6 }, (pid) => taken[pid]);
  const exceeded: number[] = [];
  expect(memory.hasRoom()).toBe(true);
  const stop = memory.watch(1, (bytes) => exceeded.push(bytes));
  memory.watch(2, (bytes) => exceeded.push(bytes));
  memory.measure();
  // Each may come to take what the largest does.
  expect(memory.hasRoom()).toBe(false);
  taken[2] = 900e6;
  memory.measure();
  memory.measure();
  expect(exceeded).toEqual([900e6]);
  stop();
  expect(memory.hasRoom()).toBe(true);
});

test.runIf(existsSync('/proc'))('the memory of a process is that of its children, too', () => {
  expect(treeMemory(process.pid)).toBeGreaterThanOrEqual(process.memoryUsage.rss() / 2);
  expect(treeMemory(2 ** 30)).toBe(0);
});

test('the progress names the cell that runs, and how long the last run took', () => {
  const events = [
    { type: 'run-start', paths: ['a', 'b'] },
    { type: 'notebook-start', path: 'a', cellCount: 3, expected: 34_000 },
    { type: 'notebook-start', path: 'b', cellCount: 9, expected: undefined },
    { type: 'cell-start', path: 'a', cell: 2 },
  ] as const;
  const state = events.reduce(advance, noProgress);
  expect(progressLine(state, 80)).toBe(
    '0 of 2 done · a cell 2 of 3 (last time 34.0 s) · b starting',
  );
});
