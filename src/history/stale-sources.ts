import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';

/** The newest event of a source that is older than its declaration says it may be. */
export interface Stale {
  readonly source: string;
  /** RFC 3339 in UTC; null: there is none. */
  readonly newest: string | null;
  /** As it was declared, in milliseconds. */
  readonly ageMs: number;
}

/**
 * The sources whose newest event is older than it may be.
 *
 * @param bounds - The age that each may have, in milliseconds.
 */
export async function readStale(
  pool: Pool,
  bounds: readonly { readonly source: string; readonly ageMs: number }[],
): Promise<Stale[]> {
  if (bounds.length === 0) return [];
  return queryRows<Stale>(
    pool,
    `select bound.source, max(file.newest_event) as newest, bound.age as "ageMs"
    from unnest($1::text[], $2::float8[]) as bound (source, age)
    left join ops.source_file as file on file.source = bound.source
    group by bound.source, bound.age
    having coalesce(
      max(file.newest_event) < clock_timestamp() - make_interval(secs => bound.age / 1000), true
    )
    order by bound.source`,
    [bounds.map(({ source }) => source), bounds.map(({ ageMs }) => ageMs)],
  );
}
