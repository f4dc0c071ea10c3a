import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopEmbedded } from '../src/warehouse/embedded/server.js';
import { leaveNothing } from '../scripts/leave-nothing.js';
import { buildIfNeeded } from './build.js';
import { memoryFolder } from './memory-folder.js';
import { prepareServer } from './template-database.js';
import { isAlive } from './is-alive.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The DAYBOOK_HOME of the run's own Postgres; see test/database.ts. */
    testHome: string;
  }
}

const prefix = 'daybook-test-';

/**
 * One temporary DAYBOOK_HOME for each test run. The first test that wants a database starts the
 * Postgres in it; tests that start servers of their own do so in folders below it. Servers and
 * folder go when the run ends, however it ends: a process of its own clears up after a run that is killed, and the next
 * run where that was killed, too. Where files can be kept in memory, they are, and temporary ones, too.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildIfNeeded(join(import.meta.dirname, '..'));
  const given = process.env['DAYBOOK_TEST_POSTGRES'];
  if (given !== undefined) await prepareServer(given);
  const memory = memoryFolder();
  for (const folder of new Set([tmpdir(), ...(memory === undefined ? [] : [memory])])) {
    await removeLeftovers(folder);
  }
  const home = mkdtempSync(join(memory ?? tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(home, 0o755); // As root, Postgres runs as another user.
  const isRemoved = leaveNothing(home);
  project.provide('testHome', home);
  if (memory !== undefined) {
    const temporary = join(home, 'tmp');
    mkdirSync(temporary);
    chmodSync(temporary, 0o1777);
    // Processes of test files inherit it.
    process.env['TMPDIR'] = temporary;
  }
  return async () => {
    await remove(home);
    isRemoved();
  };
}

/** Removes the homes of runs that are no more. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    // Another user's leftovers stay that user's.
    await remove(join(folder, name)).catch(() => undefined);
  }
}

async function remove(home: string): Promise<void> {
  for (const folder of homesIn(home, 2)) await stopEmbedded(folder);
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}

/** The folder and those below it, down to a depth, that have an embedded Postgres. */
function homesIn(folder: string, depth: number): string[] {
  const own = existsSync(join(folder, 'postgres', 'data')) ? [folder] : [];
  if (depth === 0) return own;
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'postgres')
    .flatMap(({ name }) => homesIn(join(folder, name), depth - 1));
  return [...own, ...below];
}
