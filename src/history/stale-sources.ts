import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import type { Stale } from '../pipeline/load/limits/notices.js';
import type { Source } from '../pipeline/definitions/source.js';
import type { LimitsOf } from '../pipeline/load/limits/source-limits.js';

/** The sources whose newest event is older than they declare. */
export async function readStale(
  pool: Pool,
  sources: readonly Source[],
  limitsOf: LimitsOf,
): Promise<Stale[]> {
  const bounded = sources.flatMap(({ name }) => {
    const { ageMs } = limitsOf(name);
    return ageMs === undefined || ageMs === Infinity ? [] : [{ name, ageMs }];
  });
  if (bounded.length === 0) return [];
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
    [bounded.map(({ name }) => name), bounded.map(({ ageMs }) => ageMs)],
  );
}
