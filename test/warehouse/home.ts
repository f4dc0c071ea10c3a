import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { stopEmbedded } from '../../src/warehouse/embedded/server.js';
import { root } from '../database.js';

/** A user of the operating system by number. */
export interface TestUser {
  uid: number;
  gid: number;
}

/** True when the tests run as root: then they can try every other user, too. */
export const asRoot = process.getuid?.() === 0;

/** An ordinary user with a name, for tests that run as root. */
export function ordinaryUser(): TestUser {
  const entry = /^daemon:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return { uid: Number(entry![1]), gid: Number(entry![2]) };
}

/**
 * A new DAYBOOK_HOME in a folder that everybody may enter. Whoever makes it gives it to
 * {@link removeHome}, in `onTestFinished` or `afterAll`; if the run is killed, the next run does.
 *
 * @param name - Its last part.
 * @param owner - Whose folder it is; by default the process's user's.
 */
export function makeHome(name = 'home', owner?: TestUser): string {
  const parent = mkdtempSync(join(inject('testHome'), 'embedded-'));
  chmodSync(parent, 0o755);
  const home = join(parent, name);
  mkdirSync(home);
  if (owner !== undefined) chownSync(home, owner.uid, owner.gid);
  return home;
}

/** Stops the server of a home and removes it. */
export async function removeHome(home: string): Promise<void> {
  await stopEmbedded(home);
  rmSync(dirname(home), { recursive: true, force: true, maxRetries: 3 });
}

/** `daybook …` as a process of its own; see {@link finish}. */
export function startDaybook(args: string[], home: string, user?: TestUser): ChildProcess {
  return startNode([join(root, 'bin', 'daybook.js'), ...args], home, user);
}

/**
 * A process of its own that starts the embedded Postgres of a home, without flushing anything to
 * disk, and prints the server's process number.
 */
export function startStarter(home: string, user?: TestUser, umask = 0o022): ChildProcess {
  const module = JSON.stringify(join(root, 'dist', 'warehouse', 'embedded', 'server.js'));
  const program = `
    import { startEmbedded } from ${module};
    process.umask(${umask});
    const { pid } = await startEmbedded(process.env.DAYBOOK_HOME, { durable: false });
    console.log(pid);`;
  return startNode(['--input-type=module', '--eval', program], home, user);
}

function startNode(args: string[], home: string, user: TestUser | undefined): ChildProcess {
  return spawn(process.execPath, args, {
    ...user,
    cwd: root,
    env: { PATH: process.env['PATH'], DAYBOOK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What a finished process wrote and how it ended. */
export interface Finished {
  stdout: string;
  stderr: string;
  code: number | null;
}

/** Waits for the end of a process and of everybody who holds its standard output. */
export async function finish(child: ChildProcess): Promise<Finished> {
  const result = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...result, code };
}

/** The first value of a statement's first row, asked on a connection of its own. */
export async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}
