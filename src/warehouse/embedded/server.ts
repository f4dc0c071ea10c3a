import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DaybookError } from '../../errors.js';
import { silentLogger, type Logger } from '../../logger.js';
import { sqlstate, sqlstateOf } from '../sqlstate.js';
import { findPostgresPackage, installBinaries } from './binaries.js';
import { createCluster, embeddedNames, removeLeftovers } from './cluster.js';
import { readCredentials } from './credentials.js';
import { findPlace, preparePlace, type Place } from './place.js';
import { lastPort, postmasterState, removeStaleLockFile } from './postmaster.js';
import { postgresEnvironment } from './postgres-process.js';

/** An embedded Postgres that accepts connections. */
export interface EmbeddedServer {
  readonly pid: number;
  readonly port: number;
  readonly place: Place;
  /** `postgres://` URL of the owner, with its password. */
  readonly ownerUrl: string;
  /** `postgres://` URL of the read-only role, with its password. */
  readonly readerUrl: string;
}

/** What may be asked of {@link startEmbedded}. */
export interface StartOptions {
  logger?: Logger;
  /** False: no flush to disk, faster and for tests only. */
  durable?: boolean;
  /** How long to wait for a server to come up or to go away, in milliseconds. Default 60,000. */
  timeoutMs?: number;
}

/** Attempts that may fail for an unknown reason (a port taken meanwhile) before it is an error. */
const attempts = 3;

/**
 * The embedded Postgres of a workspace, started when it is not running. Any number of processes
 * may call this at once: Postgres's own lock file lets one server live, and the starters of the
 * others find it. The server outlives this process; `stopEmbedded` ends it.
 *
 * @param home - DAYBOOK_HOME, absolute.
 * @throws DaybookError `EMBEDDED_UNSUPPORTED`, `EMBEDDED_START_FAILED`.
 */
export async function startEmbedded(
  home: string,
  options: StartOptions = {},
): Promise<EmbeddedServer> {
  const { logger = silentLogger, durable = true, timeoutMs = 60_000 } = options;
  const place = findPlace(home);
  const deadline = Date.now() + timeoutMs;
  let failures = 0;
  for (;;) {
    const found = postmasterState(place.data);
    if (found.state === 'ready') {
      const server = describe(place, found.pid, found.port);
      if (await accepts(server)) return server;
    } else if (found.state === 'stopped') {
      const binaries = prepare(place);
      if (!hasData(place)) {
        logger.info('initialising the embedded Postgres', { folder: place.folder });
        await createCluster(place, binaries, durable);
      }
      if (removeStaleLockFile(place.data)) {
        const failure = await launch(place, binaries, durable, failures, deadline);
        if (failure === undefined) {
          logger.info('started the embedded Postgres', { folder: place.folder });
        } else if (failure.reason === 'failed') {
          failures += 1;
          if (failures === attempts) throw startFailed(place, failure.output);
        }
      }
    }
    if (Date.now() > deadline) {
      throw startFailed(place, `it was still ${found.state} after ${timeoutMs / 1000} s`);
    }
    await sleep(20);
  }
}

/**
 * Stops the embedded Postgres of a workspace: open transactions are rolled back, data is written.
 *
 * @returns Its process number, or undefined when none was running.
 * @throws DaybookError `EMBEDDED_STOP_FAILED` when it does not end in time.
 */
export async function stopEmbedded(home: string, timeoutMs = 60_000): Promise<number | undefined> {
  const { data } = findPlace(home);
  const found = postmasterState(data);
  if (found.state === 'stopped') return undefined;
  try {
    process.kill(found.pid, 'SIGINT'); // "Fast shutdown" in Postgres's terms.
  } catch (error) {
    if (postmasterState(data).state !== 'stopped') throw stopFailed(found.pid, error);
  }
  for (const deadline = Date.now() + timeoutMs; postmasterState(data).state !== 'stopped';) {
    if (Date.now() > deadline) throw stopFailed(found.pid);
    await sleep(20);
  }
  return found.pid;
}

/** What `db status` tells; starts nothing. */
export function embeddedStatus(home: string) {
  const place = findPlace(home);
  return { place, initialised: hasData(place), ...postmasterState(place.data) };
}

function hasData(place: Place): boolean {
  return statSync(place.data, { throwIfNoEntry: false }) !== undefined;
}

function prepare(place: Place): string {
  const source = findPostgresPackage();
  preparePlace(place);
  removeLeftovers(place);
  return installBinaries(source, place.folder);
}

function describe(place: Place, pid: number, port: number): EmbeddedServer {
  const { owner, reader } = readCredentials(place.data);
  const at = `127.0.0.1:${port}/${embeddedNames.database}`;
  return {
    pid,
    port,
    place,
    ownerUrl: `postgres://${embeddedNames.owner}:${owner}@${at}`,
    readerUrl: `postgres://${embeddedNames.reader}:${reader}@${at}`,
  };
}

/** True when a real connection answers; false while the server is not there yet or going away. */
async function accepts(server: EmbeddedServer): Promise<boolean> {
  const client = new pg.Client({
    connectionString: server.ownerUrl,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    const state = sqlstateOf(error);
    if (state === undefined || state.startsWith('57P') || state === sqlstate.tooManyConnections) {
      return state === sqlstate.tooManyConnections;
    }
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** `lost`: another server has the data folder, or the last one is not quite gone. */
interface LaunchFailure {
  reason: 'lost' | 'failed';
  output: string;
}

/** Starts the server process, detached; resolves when it is ready or has ended. */
async function launch(
  place: Place,
  binaries: string,
  durable: boolean,
  failures: number,
  deadline: number,
): Promise<LaunchFailure | undefined> {
  // The last port again when it is free, so that a dashboard finds a restarted server.
  const port = await freePort(failures === 0 ? (lastPort(place.data) ?? 0) : 0);
  removeOldLogs(place.log);
  // What it says before its log collector runs: a file, because a pipe would end with us.
  const startLog = join(place.log, `start-${randomBytes(4).toString('hex')}.log`);
  const output = openSync(startLog, 'a', 0o600);
  try {
    if (place.user !== undefined) chownSync(startLog, place.user.uid, place.user.gid);
    const child = spawn(
      join(binaries, 'bin', 'postgres'),
      ['-D', place.data, ...Object.entries(launchSettings(place, port, durable)).flatMap(asOption)],
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
      ended = `it ended with ${signal ?? `exit code ${code ?? '?'}`}`;
    });
    if (child.pid === undefined) await once(child, 'error').catch(() => undefined);
    child.unref();
    for (;;) {
      if (ended !== undefined) break;
      const found = postmasterState(place.data);
      if (found.state === 'ready' && found.pid === child.pid) return undefined;
      if (Date.now() > deadline)
        return { reason: 'failed', output: 'it did not become ready in time' };
      await sleep(10);
    }
    const said = readFileSync(startLog, 'utf8').trim();
    // F0001, lock_file_exists: postmaster.pid of another server, or the shared memory of the last.
    return {
      reason: said.includes(' F0001 ') ? 'lost' : 'failed',
      output: [ended, said || lastLines(place.log)].join('\n'),
    };
  } finally {
    closeSync(output);
    rmSync(startLog, { force: true });
  }
}

/** Settings that Daybook relies on; on the command line they win over postgresql.conf. */
function launchSettings(place: Place, port: number, durable: boolean): Record<string, string> {
  return {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // No Unix socket: its path may be 107 bytes long at most, and nobody needs it.
    unix_socket_directories: '',
    logging_collector: 'on',
    log_directory: place.log,
    // One file for each day of the week, emptied when its day comes again.
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    log_truncate_on_rotation: 'on',
    log_line_prefix: '%m [%p] %e ',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

function asOption([name, value]: [string, string]): string[] {
  return ['-c', `${name}=${value}`];
}

/** The preferred port when nobody listens on it, otherwise one that the system picks. */
async function freePort(preferred: number): Promise<number> {
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

/** A server that does not run when its log's weekday comes again cannot empty it. */
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

function startFailed(place: Place, output: string): DaybookError {
  return new DaybookError(
    'EMBEDDED_START_FAILED',
    `The embedded Postgres in ${place.folder} did not start: ${output}`,
    { hint: `Its log is in ${place.log}; \`daybook doctor\` looks for what is missing` },
  );
}

function stopFailed(pid: number, cause?: unknown): DaybookError {
  return new DaybookError(
    'EMBEDDED_STOP_FAILED',
    `The embedded Postgres (process ${pid}) did not stop`,
    {
      cause,
      hint: 'Stop it as the user who started it, or as root',
    },
  );
}
