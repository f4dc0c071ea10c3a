import { spawn, type SpawnOptions } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** What a figure's rounds gave. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** The spread of some numbers; the median of an even count is the lower of the middle two. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return {
    min: at(0),
    median: at(Math.floor((sorted.length - 1) / 2)),
    max: at(sorted.length - 1),
  };
}

/** How long some work takes, in milliseconds. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Times ways of doing the same by turns, so that a busy moment of the machine falls on all of them.
 *
 * @returns For each way its milliseconds, in the order of the rounds.
 */
export async function byTurns<K extends string>(
  ways: Readonly<Record<K, () => unknown>>,
  rounds: number,
): Promise<Record<K, number[]>> {
  const names = Object.keys(ways) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    K,
    number[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times[name].push(await timed(ways[name]));
  }
  return times;
}

/** What a whole process took. */
export interface ProcessCost {
  milliseconds: number;
  /** Peak resident memory of the process itself without its children, in bytes. */
  peakMemory: number;
  exitCode: number | null;
  output: string;
}

/** How often a running process's peak is read; the kernel keeps the peak, so little is missed. */
const memoryInterval = 10;

/** Runs a program to its end and measures it. Its memory is read from /proc: 0 elsewhere. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<ProcessCost> {
  const start = performance.now();
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let peakMemory = 0;
  const reading = setInterval(() => {
    peakMemory = Math.max(peakMemory, peakOf(child.pid));
  }, memoryInterval);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { milliseconds: performance.now() - start, peakMemory, exitCode, output };
  } finally {
    clearInterval(reading);
  }
}

/** The peak resident memory of a process so far, in bytes. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** How often the processes below one are looked for, in milliseconds. */
const treeInterval = 50;

/** The most memory that all processes below a program's own took together, in bytes; Linux only. */
export async function peakOfChildren(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<number> {
  const child = spawn(command, args, { ...options, stdio: 'ignore' });
  let peak = 0;
  const looking = setInterval(() => {
    peak = Math.max(peak, memoryBelow(child.pid ?? 0));
  }, treeInterval);
  try {
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return peak;
  } finally {
    clearInterval(looking);
  }
}

function memoryBelow(root: number): number {
  const children = new Map<number, { pid: number; bytes: number }[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const field = (key: string) =>
        Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
      const parent = field('PPid');
      const entry = { pid: Number(name), bytes: (field('VmRSS') || 0) * 1024 };
      children.set(parent, [...(children.get(parent) ?? []), entry]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const sum = (pid: number): number =>
    (children.get(pid) ?? []).reduce((total, below) => total + below.bytes + sum(below.pid), 0);
  return sum(root);
}

/**
 * The processor time that a process and those below it have taken so far, in seconds; those that have
 * ended are counted once it has heard of it. Read from /proc: NaN elsewhere.
 */
export function processorSeconds(pid: number): number {
  try {
    const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    const children = below === '' ? [] : below.split(' ').map(Number);
    // The name in brackets may hold anything; user and system time are the 12th and 13th after it, those
    // of children that have ended the next two.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / clockTicks;
    return children.reduce((sum, child) => sum + processorSeconds(child), own);
  } catch {
    return Number.NaN;
  }
}

/** Of Linux on every machine that Node runs on. */
const clockTicks = 100;
