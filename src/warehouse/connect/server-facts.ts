// Requirements on the Postgres server: version, encoding, end of support.

import { DaybookError } from '../../errors.js';
import { describeUrl } from './connection-error.js';
import type { Pool } from 'pg';

/** The facts of a server that are checked first. */
export interface ServerFacts {
  /** Like `18.4`. */
  readonly version: string;
  /** The version as a number, like 180004. */
  readonly number: number;
  /** The database's, like `UTF8`. */
  readonly encoding: string;
}

/** The query for {@link ServerFacts}. */
export const serverFacts = `
  select
    current_setting('server_version') as version,
    current_setting('server_version_num')::int as number,
    current_setting('server_encoding') as encoding`;

/** The oldest tested version. */
const oldestMajor = 14;

/**
 * Refuses a version that is not tested, and a database that cannot store every text.
 *
 * @param url - For the message.
 * @throws DaybookError `WAREHOUSE_UNSUPPORTED`.
 */
export function checkServer({ version, number, encoding }: ServerFacts, url: string): void {
  const { host, database } = describeUrl(url);
  if (number < oldestMajor * 10_000) {
    throw new DaybookError(
      'WAREHOUSE_UNSUPPORTED',
      `The server at ${host} is Postgres ${version}; Daybook needs ${oldestMajor} or newer`,
      { hint: 'Upgrade it, or leave DATABASE_URL unset: Daybook brings a Postgres of its own' },
    );
  }
  if (encoding !== 'UTF8') {
    throw new DaybookError(
      'WAREHOUSE_UNSUPPORTED',
      `The database "${database}" at ${host} is encoded as ${encoding}, which cannot hold every line of a log`,
      { hint: `Make another: create database NAME encoding 'UTF8' template template0` },
    );
  }
}

/**
 * The date of the last minor release of each major version (https://www.postgresql.org/support/versioning/):
 * vulnerabilities found later stay open.
 */
const lastReleases: ReadonlyMap<number, string> = new Map([
  [14, '2026-11-12'],
  [15, '2027-11-11'],
  [16, '2028-11-09'],
  [17, '2029-11-08'],
  [18, '2030-11-14'],
]);

/** Why a server should be upgraded, and what to do. */
export interface SupportProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Whether a version of Postgres is past its end of support.
 *
 * @returns Undefined while it is supported, and for versions newer than this Daybook.
 */
export function supportProblem(
  { number, version }: Pick<ServerFacts, 'number' | 'version'>,
  today: Date,
): SupportProblem | undefined {
  const major = Math.floor(number / 10_000);
  const end = lastReleases.get(major);
  if (end === undefined || today.toISOString().slice(0, 10) <= end) return undefined;
  return {
    problem: `The server is Postgres ${version}, which gets no fixes since ${end}`,
    remedy:
      'Daybook still works with it; move the server to a newer major version (`pg_upgrade`, or a dump and restore)',
  };
}

/** {@link supportProblem} for the server of a pool. */
export async function findSupportProblem(
  pool: Pool,
  today = new Date(),
): Promise<SupportProblem | undefined> {
  const { rows } = await pool.query<ServerFacts>(serverFacts);
  return rows.map((facts) => supportProblem(facts, today)).find((found) => found !== undefined);
}
