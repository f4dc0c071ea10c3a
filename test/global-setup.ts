import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stopEmbedded } from '../src/warehouse/embedded/server.js';
import { buildIfNeeded } from './build.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The DAYBOOK_HOME of the run's own Postgres; see test/database.ts. */
    testHome: string;
  }
}

const prefix = 'daybook-test-';

/**
 * One temporary DAYBOOK_HOME for each test run. The first test that wants a database starts the
 * Postgres in it; the server and the folder go when the run ends, however it ends. Of runs that
 * were killed the next run clears up.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildIfNeeded(join(import.meta.dirname, '..'));
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await remove(join(tmpdir(), name));
  }
  const home = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(home, 0o755); // As root, Postgres runs as another user.
  project.provide('testHome', home);
  return () => remove(home);
}

async function remove(home: string): Promise<void> {
  await stopEmbedded(home);
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
