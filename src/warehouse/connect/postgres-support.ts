import type { Pool } from 'pg';
import { serverFacts, type ServerFacts } from './server-facts.js';

/**
 * The day of the last minor release of each major version, as Postgres's makers have announced it
 * (https://www.postgresql.org/support/versioning/): holes that are found later stay open.
 */
const lastReleases: ReadonlyMap<number, string> = new Map([
  [14, '2026-11-12'],
  [15, '2027-11-11'],
  [16, '2028-11-09'],
  [17, '2029-11-08'],
  [18, '2030-11-14'],
]);

/** Why a server should be moved to another version, and what to do. */
export interface SupportProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * Whether a version of Postgres is past its end.
 *
 * @returns Undefined while it is mended, and for versions that are newer than this Daybook.
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

/** The same of the server that a pool is connected to. */
export async function findSupportProblem(
  pool: Pool,
  today = new Date(),
): Promise<SupportProblem | undefined> {
  const { rows } = await pool.query<ServerFacts>(serverFacts);
  return rows.map((facts) => supportProblem(facts, today)).find((found) => found !== undefined);
}
