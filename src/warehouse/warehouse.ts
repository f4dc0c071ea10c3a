// Opening of the warehouse: embedded Postgres or DATABASE_URL, for owner and reader.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import { silentLogger, type Logger } from '../logger.js';
import { describeConnectionError } from './connect/connection-error.js';
import { startEmbedded } from './embedded/server.js';
import { engineSchemas } from '../config/project/project-settings.js';
import { ensureSchemas } from './schema/ensure-schemas.js';
import { packageVersion } from '../files/package-file.js';
import { recordEngineVersion } from './schema/engine-version.js';
import { engineMigrations, migrate, migrationProblem } from './schema/migrate.js';
import { createPool } from './connect/pool.js';
import { optionsRefused } from './connect/pooled-sessions.js';
import { defaultReaderRole, ensureReaderRole, grantToReader } from './schema/reader-role.js';
import {
  checkServer,
  serverFacts,
  type ServerFacts,
  findSupportProblem,
} from './connect/server-facts.js';
import { readerSettings, readsAsOwner, withSettings } from './connect/session-settings.js';
import { sqlstate, sqlstateOf } from './query/sqlstate.js';

/** An open warehouse for writing: pipeline runs, publication of notebooks. */
export interface Warehouse {
  /** `postgres://` URL of the owner, with its password. */
  readonly ownerUrl: string;
  /** `postgres://` URL for reading, with its password and limits. */
  readonly readerUrl: string;
  readonly owner: Pool;
  readonly reader: Pool;
  /** Closes the pools; the server keeps running. */
  close(): Promise<void>;
}

/** An open warehouse for reading: notebooks, the dashboard, `daybook query`. */
export interface Reader {
  /** `postgres://` URL for reading, with its password and limits. */
  readonly url: string;
  readonly pool: Pool;
  /** Closes the pool; the server keeps running. */
  close(): Promise<void>;
}

interface OpenOptions {
  logger?: Logger | undefined;
  /** The date for the check of the server's end of support. Default: now. */
  today?: Date;
}

/**
 * Opens the warehouse of a project and brings it up to date: starts the embedded Postgres when no DATABASE_URL is
 * set, applies the engine's migrations, creates the project's schemas and the reader's role with its grants.
 * Concurrent calls are safe.
 *
 * @throws DaybookError: codes beginning with `WAREHOUSE_`, `EMBEDDED_` or `MIGRATION_`.
 */
export async function openWarehouse(
  config: Config,
  { logger = silentLogger, today }: OpenOptions = {},
): Promise<Warehouse> {
  const urls = await openWarehouseUrls(config, { logger });
  const owner = await connect(urls.owner, logger);
  try {
    await migrate(owner, engineMigrations, { logger });
    await recordEngineVersion(owner, packageVersion());
    const problem = urls.reader === undefined ? await ensureReaderRole(owner) : undefined;
    if (problem !== undefined) logger.warn(problem);
    warnOf(await findSupportProblem(owner, today), logger);
    const { schemas } = config.project;
    await ensureSchemas(owner, schemas);
    await grantToReader(owner, readerRoleOf(urls), [...schemas.names, ...engineSchemas]);
    const reader = await connectReader(urls, logger);
    return {
      ownerUrl: urls.owner,
      readerUrl: reader.url,
      owner,
      reader: reader.pool,
      close: async () => {
        await Promise.all([owner.end(), reader.pool.end()]);
      },
    };
  } catch (error) {
    await owner.end();
    throw error;
  }
}

/**
 * Opens the warehouse for reading. Starts the embedded Postgres like `openWarehouse`, but changes nothing: before
 * the first `openWarehouse` the schemas and tables are missing.
 *
 * @param options - `logger` gets warnings about a warehouse that another version of Daybook has migrated, and
 *   about a server past its end of support.
 * @throws DaybookError: codes beginning with `WAREHOUSE_` or `EMBEDDED_`.
 */
export async function openReader(
  config: Config,
  { logger, today }: OpenOptions = {},
): Promise<Reader> {
  const urls = await openWarehouseUrls(config, { logger });
  const reader = await connectReader(urls, logger ?? silentLogger);
  if (logger !== undefined) {
    warnOf(await migrationProblem(reader.pool), logger);
    warnOf(await findSupportProblem(reader.pool, today), logger);
  }
  return { ...reader, close: () => reader.pool.end() };
}

/** A reader of a server that may be unreachable: connections are made on demand. */
export function unopenedReader(owner: string, reader: string | undefined, logger: Logger): Reader {
  const url = inReadersRole({ owner, reader });
  const pool = createPool(url, logger);
  return { url, pool, close: () => pool.end() };
}

function warnOf(found: { problem: string; remedy: string } | undefined, logger: Logger): void {
  if (found !== undefined) logger.warn(`${found.problem}. ${found.remedy}`);
}

/** The warehouse's URLs with passwords. */
export interface WarehouseUrls {
  readonly owner: string;
  /** Undefined: the owner in the reader role. */
  readonly reader: string | undefined;
}

/** Determines the warehouse's URLs; starts the embedded Postgres when no DATABASE_URL is set. */
export async function openWarehouseUrls(
  config: Config,
  { logger = silentLogger }: OpenOptions = {},
): Promise<WarehouseUrls> {
  if (config.databaseUrl !== undefined) {
    return { owner: config.databaseUrl, reader: config.readerUrl };
  }
  const { ownerUrl, readerUrl } = await startEmbedded(config.home, { logger });
  return { owner: ownerUrl, reader: readerUrl };
}

function readerRoleOf({ reader }: WarehouseUrls): string {
  const user = reader === undefined ? '' : decodeURIComponent(new URL(reader).username);
  return user === '' ? defaultReaderRole : user;
}

/** The URL of the reader, or that of the owner in the reader role. */
function inReadersRole({ owner, reader }: WarehouseUrls): string {
  return reader === undefined
    ? withSettings(owner, { ...readerSettings, role: defaultReaderRole })
    : withSettings(reader, readerSettings);
}

async function connectReader(
  urls: WarehouseUrls,
  logger: Logger,
): Promise<{ url: string; pool: Pool }> {
  const inRole = inReadersRole(urls);
  try {
    return { url: inRole, pool: await connect(inRole, logger) };
  } catch (error) {
    if (urls.reader !== undefined) throw error;
    // The server refuses the setting "role": there is no such role, or the owner is no member.
    const state = sqlstateOf(error instanceof Error ? error.cause : undefined);
    if (state !== sqlstate.invalidParameterValue && state !== sqlstate.insufficientPrivilege) {
      throw error;
    }
    const url = withSettings(urls.owner, { ...readerSettings, [readsAsOwner]: 'on' });
    return { url, pool: await connect(url, logger) };
  }
}

/** How long a server may report that it is starting up, in milliseconds. */
const startingUpMs = 60_000;

/** A pool with a first verified connection. */
async function connect(url: string, logger: Logger): Promise<Pool> {
  const pool = createPool(url, logger);
  for (const deadline = Date.now() + startingUpMs; ;) {
    try {
      const { rows } = await pool.query<ServerFacts>(serverFacts);
      for (const facts of rows) checkServer(facts, url);
      return pool;
    } catch (error) {
      if (sqlstateOf(error) !== sqlstate.cannotConnectNow || Date.now() > deadline) {
        await pool.end();
        const isPool = sqlstateOf(error) === sqlstate.protocolViolation;
        const refusal = isPool ? await optionsRefused(url, error) : undefined;
        throw refusal ?? describeConnectionError(error, url);
      }
    }
    await sleep(200);
  }
}
