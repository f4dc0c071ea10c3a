// The versions of Daybook that have written to a warehouse.

import type { ClientBase, Pool } from 'pg';
import { queryRows } from '../query/query-rows.js';

/** When one version of Daybook followed another in a warehouse. */
export interface VersionChange {
  readonly version: string;
  /** The one before; null: one that did not say its version yet; undefined: none. */
  readonly before: string | null | undefined;
  /** The names of the migrations that came with it. */
  readonly migrations: readonly string[];
  /** The day of its first use, `2026-11-30`. */
  readonly since: string;
}

/** Notes that a version writes, where another one did so last. */
export async function recordEngineVersion(owner: Pool, version: string): Promise<void> {
  await owner.query(
    `insert into ops.engine_version (version)
    select $1 where $1 is distinct from
      (select version from ops.engine_version order by number desc limit 1)`,
    [version],
  );
}

/** The version that writes to a warehouse now; undefined: nothing tells. */
export async function lastVersionChange(
  connection: Pool | ClientBase,
): Promise<VersionChange | undefined> {
  if (!(await isRecorded(connection))) return undefined;
  const [change] = await queryRows<VersionChange & { isFirst: boolean }>(
    connection,
    `select
      version,
      before,
      before_since is null as "isFirst",
      array(
        select name from ops.migration
        where applied_at > before_since and applied_at <= used_since
        order by number
      ) as migrations,
      to_char(used_since, 'YYYY-MM-DD') as since
    from (
      select
        *,
        lag(version) over (order by number) as before,
        lag(used_since) over (order by number) as before_since
      from ops.engine_version
    ) as change
    where version is not null
    order by number desc
    limit 1`,
  );
  if (change === undefined) return undefined;
  const { isFirst, ...rest } = change;
  return isFirst ? { ...rest, before: undefined } : rest;
}

/**
 * The version that applied a migration: the first that wrote after it, or else the last that did.
 *
 * @param number - Of the migration.
 * @returns Undefined where nothing tells.
 */
export async function versionOfMigration(
  connection: Pool | ClientBase,
  number: number,
): Promise<string | undefined> {
  if (!(await isRecorded(connection))) return undefined;
  const [found] = await queryRows<{ version: string }>(
    connection,
    `select version
    from ops.engine_version, ops.migration
    where migration.number = $1 and version is not null
    order by
      used_since < applied_at,
      case when used_since < applied_at then -engine_version.number else engine_version.number end
    limit 1`,
    [number],
  );
  return found?.version;
}

async function isRecorded(connection: Pool | ClientBase): Promise<boolean> {
  const { rows } = await connection.query<{ name: string | null }>(
    `select to_regclass('ops.engine_version')::text as name`,
  );
  return rows[0]?.name != null;
}
