// The embedded Postgres: start, stop, status.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { requireHome } from '../../config/require-home.js';
import { DaybookError } from '../../errors.js';
import { silentLogger, type Logger } from '../../logger.js';
import { sqlstate, sqlstateOf } from '../query/sqlstate.js';
import { findPostgresPackage, installBinaries } from './binaries.js';
import { createCluster, embeddedNames, removeLeftovers } from './cluster.js';
import { credentialsFile, readCredentials } from './credentials.js';
import { freePort, launch } from './launch.js';
import {
  checkAccess,
  findEmbeddedLocation,
  isInitialised,
  prepareLocation,
  type EmbeddedLocation,
} from './location.js';
import {
  lastPort,
  postmasterState,
  removeStaleLockFile,
  type PostmasterState,
} from './postmaster.js';

/** An embedded Postgres that accepts connections. */
export interface EmbeddedServer {
  readonly pid: number;
  readonly port: number;
  readonly place: EmbeddedLocation;
  /** `postgres://` URL of the owner, with its password. */
  readonly ownerUrl: string;
  /** `postgres://` URL of the read-only role, with its password. */
  readonly readerUrl: string;
}

/** Options of {@link startEmbedded}. */
export interface StartOptions {
  logger?: Logger;
  /** False: no flush to disk, for tests only. Default true. */
  durable?: boolean;
  /**
   * The timeout, in milliseconds. Default five minutes: after a crash during a large load a server replays up to 2
   * GB of WAL before it is ready.
   */
  timeoutMs?: number;
  /** Picks a free port, a given one if possible (0: any). */
  pickPort?: (preferred: number) => Promise<number>;
}

/** Attempts with errors of their own (a port taken meanwhile) before it is an error. */
const maxFailures = 3;

/**
 * Starts the embedded Postgres of a project unless it is running. Concurrent calls are safe: Postgres's lock file
 * permits one server, and the other starters find it. The server outlives this process; `stopEmbedded` ends it.
 *
 * @param home - DAYBOOK_HOME, absolute.
 * @throws DaybookError `CONFIG_INVALID`, `EMBEDDED_UNSUPPORTED`, `EMBEDDED_START_FAILED`.
 */
export async function startEmbedded(
  home: string,
  options: StartOptions = {},
): Promise<EmbeddedServer> {
  const {
    logger = silentLogger,
    durable = true,
    timeoutMs = 300_000,
    pickPort = freePort,
  } = options;
  const place = findAccessible(home);
  const started = Date.now();
  const deadline = started + timeoutMs;
  let failures = 0;
  let patient = false;
  for (let problem = ''; ;) {
    const found = postmasterState(place.data);
    if (found.state === 'ready') {
      const server = describe(place, found.pid, found.port);
      const refusal = await refusalOf(server);
      if (refusal === undefined) return server;
      problem = `It refuses connections: ${refusal}`;
    } else if (found.state === 'moved') {
      logger.info('starting the embedded Postgres again, whose folder was moved', {
        from: found.from,
        to: place.data,
      });
      await stopEmbedded(home, deadline - Date.now());
      continue;
    } else if (found.state === 'stopped') {
      const binaries = await prepare(place, durable, logger);
      if (removeStaleLockFile(place.data)) {
        // Reuses the last port when it is free, so that a dashboard finds a restarted server.
        const port = await pickPort(failures === 0 ? (lastPort(place.data) ?? 0) : 0);
        const result = await launch(place, binaries, port, durable, deadline);
        if (result.outcome === 'ready') {
          logger.info('started the embedded Postgres', { folder: place.folder, port });
          continue;
        }
        problem = result.output;
        if (result.outcome === 'failed') failures += 1;
        if (failures === maxFailures) throw startFailed(place, problem);
      } else {
        problem = 'processes of the last server are still at work in its data folder';
      }
    }
    if (Date.now() > deadline) {
      throw startFailed(place, `it was ${found.state} for ${timeoutMs / 1000} s. ${problem}`);
    }
    if (!patient && Date.now() - started > 5_000) {
      patient = true;
      logger.info('waiting for the embedded Postgres, which recovers after a crash or shuts down');
    }
    await sleep(20);
  }
}

/**
 * Stops the embedded Postgres of a project: open transactions are rolled back, data is written. A server whose
 * folder was moved must write nothing more: it knows its control file by the old path, where another server's may
 * be by now. Committed data is in its WAL, from which the next start recovers.
 *
 * @param home - DAYBOOK_HOME, absolute.
 * @param timeoutMs - In milliseconds.
 * @returns Its process number, or undefined when none was running.
 * @throws DaybookError `EMBEDDED_STOP_FAILED` when it does not end in time.
 */
export async function stopEmbedded(home: string, timeoutMs = 120_000): Promise<number | undefined> {
  const place = findEmbeddedLocation(home);
  checkAccess(place);
  const found = postmasterState(place.data);
  if (found.state === 'stopped') return undefined;
  try {
    // "Immediate" and "fast shutdown" in Postgres's terms.
    process.kill(found.pid, found.state === 'moved' ? 'SIGQUIT' : 'SIGINT');
  } catch (error) {
    if (isRunning(place, found.pid)) throw stopFailed(found.pid, error);
  }
  for (const deadline = Date.now() + timeoutMs; isRunning(place, found.pid);) {
    if (Date.now() > deadline) throw stopFailed(found.pid);
    await sleep(20);
  }
  return found.pid;
}

/** The status of an embedded Postgres without starting it. */
export interface EmbeddedStatus {
  readonly place: EmbeddedLocation;
  /** False before the first start: there is no data folder. */
  readonly initialised: boolean;
  readonly server: PostmasterState;
  /** Undefined unless it runs. */
  readonly urls: Pick<EmbeddedServer, 'ownerUrl' | 'readerUrl'> | undefined;
}

/**
 * Reads the status of a project's embedded Postgres; starts and changes nothing.
 *
 * @throws DaybookError `CONFIG_INVALID`, `EMBEDDED_START_FAILED` when none is possible there.
 */
export function embeddedStatus(home: string): EmbeddedStatus {
  const place = findAccessible(home);
  const server = postmasterState(place.data);
  return {
    place,
    initialised: isInitialised(place),
    server,
    urls: server.state === 'ready' ? describe(place, server.pid, server.port) : undefined,
  };
}

/** The place of an existing server, or of one that can be created. */
function findAccessible(home: string): EmbeddedLocation {
  const place = findEmbeddedLocation(home);
  if (isInitialised(place)) checkAccess(place);
  else if (!existsSync(place.folder)) requireHome(home);
  return place;
}

/** Whether this very server still runs; another one may have been started meanwhile. */
function isRunning(place: EmbeddedLocation, pid: number): boolean {
  const found = postmasterState(place.data);
  return found.state !== 'stopped' && found.pid === pid;
}

/** Prepares binaries and data; creates what is missing. */
async function prepare(place: EmbeddedLocation, durable: boolean, logger: Logger): Promise<string> {
  const source = findPostgresPackage();
  try {
    prepareLocation(place);
    const binaries = installBinaries(source, place.folder);
    removeLeftovers(place, binaries);
    if (!isInitialised(place)) {
      checkPath(place);
      logger.info('initialising the embedded Postgres', { folder: place.folder });
      await createCluster(place, binaries, durable);
    }
    checkVersion(place, source.version);
    return binaries;
  } catch (error) {
    if (error instanceof DaybookError) throw error;
    throw startFailed(place, 'its folder cannot be prepared', error);
  }
}

/** initdb runs postgres through a shell, in double quotes; these characters keep a meaning there. */
function checkPath({ folder }: EmbeddedLocation): void {
  if (!/["$`\\\n]/.test(folder)) return;
  throw new DaybookError(
    'EMBEDDED_START_FAILED',
    `Postgres cannot be set up in ${folder}: initdb does not bear the characters " $ \` \\ in a path`,
    { hint: 'Set DAYBOOK_HOME to a folder without them' },
  );
}

/** Postgres reads only the data of its own major version. */
function checkVersion(place: EmbeddedLocation, installed: string): void {
  const made = readFileSync(join(place.data, 'PG_VERSION'), 'utf8').trim();
  if (installed.split('.')[0] === made) return;
  throw new DaybookError(
    'EMBEDDED_START_FAILED',
    `The data in ${place.data} is of Postgres ${made}; the installed one is ${installed}`,
    {
      hint: `Install a Daybook with Postgres ${made}; or move the folder away and load the logs again`,
    },
  );
}

function describe(place: EmbeddedLocation, pid: number, port: number): EmbeddedServer {
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

/** Why a connection is refused, while the server starts or stops; undefined when it succeeds. */
async function refusalOf({ ownerUrl, place }: EmbeddedServer): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return undefined;
  } catch (error) {
    switch (sqlstateOf(error)) {
      case sqlstate.tooManyConnections:
        return undefined;
      case sqlstate.invalidPassword:
        throw startFailed(
          place,
          `it refuses the password in ${credentialsFile(place.data)}, which somebody has changed in one place only`,
          error,
        );
      default:
        return String(error); // Looked at again until the deadline.
    }
  } finally {
    await client.end().catch(() => undefined);
  }
}

function startFailed(place: EmbeddedLocation, reason: string, cause?: unknown): DaybookError {
  return new DaybookError(
    'EMBEDDED_START_FAILED',
    `The embedded Postgres in ${place.folder} did not start: ${reason}`,
    { cause, hint: `Its log is in ${place.log}; \`daybook doctor\` looks for what is missing` },
  );
}

function stopFailed(pid: number, cause?: unknown): DaybookError {
  return new DaybookError(
    'EMBEDDED_STOP_FAILED',
    `The embedded Postgres (process ${pid}) did not stop`,
    { cause, hint: 'Stop it as the user who started it, or as root' },
  );
}
