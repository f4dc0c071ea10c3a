// Start of a Postgres server process.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  fchownSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedLocation } from './location.js';
import { postmasterState } from './postmaster.js';
import { postgresEnvironment } from './postgres-process.js';
import { launchSettings } from './settings.js';

/** The result of an attempt to start a server. */
export type LaunchResult =
  | { readonly outcome: 'ready' }
  /** `lost`: another server uses the data folder, or the last one has not quite ended. */
  | { readonly outcome: 'lost' | 'failed'; readonly output: string };

/**
 * Starts the server of a data folder as a process that outlives this one, and waits until it is ready or has
 * ended.
 *
 * @param place - Of the data.
 * @param binaries - The folder with bin/.
 * @param port - A free port.
 * @param durable - False: nothing is flushed to disk, for tests.
 * @param deadline - When to stop waiting, in milliseconds since 1970.
 */
export async function launch(
  place: EmbeddedLocation,
  binaries: string,
  port: number,
  durable: boolean,
  deadline: number,
): Promise<LaunchResult> {
  removeOldLogs(place.log);
  // Output before its log collector runs: a file, because a pipe would end with this process.
  const startLog = join(place.log, `start-${randomBytes(4).toString('hex')}.log`);
  const output = openSync(startLog, 'wx', 0o600);
  try {
    if (place.user !== undefined) fchownSync(output, place.user.uid, place.user.gid);
    const settings = Object.entries(launchSettings(place.log, port, durable));
    const child = spawn(
      join(binaries, 'bin', 'postgres'),
      ['-D', place.data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      {
        ...place.user,
        cwd: '/',
        env: postgresEnvironment,
        detached: true,
        stdio: ['ignore', output, output],
      },
    );
    let ended: string | undefined;
    child.on('error', (error) => {
      ended = error.message;
    });
    child.on('exit', (code, signal) => {
      ended = `it ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`;
    });
    child.unref();
    while (ended === undefined) {
      const found = postmasterState(place.data);
      if (found.state === 'ready' && found.pid === child.pid) return { outcome: 'ready' };
      if (Date.now() > deadline) ended = 'it did not become ready in time';
      await sleep(10);
    }
    const said = readFileSync(startLog, 'utf8').trim();
    return {
      // lock_file_exists: postmaster.pid of another server, or the shared memory of the last one.
      outcome: said.includes(' F0001 ') ? 'lost' : 'failed',
      output: `${ended}\n${said || lastLines(place.log)}`,
    };
  } finally {
    closeSync(output);
    rmSync(startLog, { force: true });
  }
}

/**
 * A free port of 127.0.0.1.
 *
 * @param preferred - Taken when it is free; 0: any.
 */
export async function freePort(preferred: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(preferred, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    if (preferred === 0) throw error;
    return await freePort(0);
  } finally {
    server.close();
  }
}

/** A server that is not running on its log's weekday cannot empty it. */
function removeOldLogs(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - written > 6 * 86_400_000) rmSync(path, { force: true });
  }
}

function lastLines(folder: string): string {
  const newest = readdirSync(folder)
    .filter((name) => name.startsWith('postgres-'))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (newest === undefined) return '';
  return readFileSync(newest, 'utf8').trim().split('\n').slice(-8).join('\n');
}
