// Which slices of an incremental model have changed.

import type { PoolClient } from 'pg';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import {
  reportParameter,
  type CalendarUnit,
  type Incremental,
  type Model,
} from '../../definitions/model.js';
import { literal, quote } from '../../../warehouse/query/sql-text.js';
import { isWithin, overlaps, type Period } from '../../definitions/period.js';
import { daysOfFile } from '../../extract/time/file-date.js';
import { findFileChanges } from './model-files.js';
import type { Day, ModelFile } from '../../../history/models/model-files.js';

/** The changed part of an incremental model. */
export interface Increment {
  /** The condition for its rows, as SQL. */
  readonly rows: string;
  /** The condition for their events, as SQL. */
  readonly events: string;
  /** The files whose events the model holds afterwards. */
  readonly files: readonly ModelFile[];
}

/**
 * Finds the slices of a model whose events have changed since it was built: by new, changed and removed files, and
 * by new lines of files that grew, however far back in time.
 *
 * @param sources - The tables of files behind the relation of events.
 * @param again - Whose slices count as changed, too. Default: none.
 */
export async function findIncrement(
  client: PoolClient,
  model: Model,
  incremental: Incremental,
  sources: readonly string[],
  again?: Period,
): Promise<Increment> {
  const { files, ...changed } = await findFileChanges(client, model, incremental, sources);
  const names = new Set([...changed.names, ...filesAgain(files, again)]);
  const days = new Set([...changed.days, ...daysAgain(files, again)]);
  const slice = quote(incremental.slice);
  if (incremental.time === undefined) {
    return {
      rows: isAnyOf(slice, names, 'text'),
      events: isAnyOf('source_file', names, 'text'),
      files,
    };
  }
  const allDays = new Set(files.flatMap((file) => file.days));
  const slices = await slicesOf(
    client,
    incremental.from.schema,
    incremental.by as CalendarUnit,
    [...days].filter((day) => day !== null),
    [...allDays].filter((day) => day !== null),
  );
  const builtDays = new Set<string | null>(slices.flatMap((each) => each.days));
  if (days.has(null)) builtDays.add(null);
  // Files without events in these slices are skipped.
  const touched = files.filter((file) => file.days.some((day) => builtDays.has(day)));
  const time = quote(incremental.time);
  const ranges = joined(slices).map(
    ({ starts, ends }) => `${time} >= ${literal(starts)} and ${time} < ${literal(ends)}`,
  );
  const infinite = slices.filter(({ slice: day }) => isInfinite(day));
  const conditions = [
    ...ranges,
    ...infinite.map(({ slice: day }) => `${time} = ${literal(day)}`),
    ...(days.has(null) ? [`${time} is null`] : []),
  ];
  const isBuilt = isAnyOf(
    slice,
    slices.map((each) => each.slice),
    'date',
  );
  return {
    rows: days.has(null) ? `(${isBuilt} or ${slice} is null)` : isBuilt,
    events: `${isAnyOf(
      'source_file',
      touched.map((file) => file.source_file),
      'text',
    )} and (${conditions.join(' or ') || 'false'})`,
    files,
  };
}

/** The files whose names have a date of a period. */
function filesAgain(files: readonly ModelFile[], again: Period | undefined): string[] {
  if (again === undefined) return [];
  return files.flatMap(({ source_file: name }) => {
    const days = daysOfFile(name);
    return days !== undefined && overlaps(days, again) ? [name] : [];
  });
}

/** The days of events that lie in a period. */
function daysAgain(files: readonly ModelFile[], again: Period | undefined): Day[] {
  if (again === undefined) return [];
  return files.flatMap(({ days }) => days.filter((day) => isWithin(day, again)));
}

/** A slice: its first day, its days, and the instants that bound its events. */
interface Slice {
  readonly slice: string;
  readonly days: readonly string[];
  readonly starts: string;
  readonly ends: string;
}

/** Postgres's infinite dates belong to no month. */
function isInfinite(day: string): boolean {
  return day.endsWith('infinity');
}

/**
 * The first instant of a date in a time zone, as SQL. Where clocks go back over midnight, as in Havana, midnight
 * comes twice, and `at time zone` means the second one; three hours earlier the old offset still applies, by which
 * the first is found.
 *
 * @param midnight - SQL of a timestamp without time zone; of an infinite one the instant is null.
 */
function firstInstant(midnight: string, zone: string): string {
  const second = `(${midnight} at time zone ${zone})`;
  const first = `(${second} - interval '3 hours' + (${midnight} - (${second} - interval '3 hours') at time zone ${zone}))`;
  return `case when not isfinite(${midnight}) then null when ${first} at time zone ${zone} = ${midnight} then least(${first}, ${second}) else ${second} end`;
}

/**
 * The slices of days, in order. Dates and instants are texts in Postgres's notation, because others have no years
 * before 1 or after 9999.
 *
 * @param among - Days of which those in the slices are returned.
 */
async function slicesOf(
  client: PoolClient,
  loaded: string,
  by: CalendarUnit,
  days: readonly string[],
  among: readonly string[],
): Promise<Slice[]> {
  return queryRows<Slice>(
    client,
    `select
      slice::date::text as slice,
      array(select day::text from unnest($3::date[]) as day where date_trunc($1, day::timestamp) = slice) as days,
      (${firstInstant('slice', 'time_zone')})::text as starts,
      (${firstInstant('next', 'time_zone')})::text as ends
    from
      (select distinct date_trunc($1, day::timestamp) as slice from unnest($2::date[]) as day) as touched
      cross join lateral (select slice + ('1 ' || $1)::interval as next) as following
      cross join ${reportParameter(loaded)}
    order by touched.slice`,
    [by, days, among],
  );
}

/** Merges adjacent slices. */
function joined(slices: readonly Slice[]): Slice[] {
  const result: Slice[] = [];
  for (const slice of slices.filter(({ slice: day }) => !isInfinite(day))) {
    const last = result.at(-1);
    if (last?.ends === slice.starts) result.splice(-1, 1, { ...last, ends: slice.ends });
    else result.push(slice);
  }
  return result;
}

function isAnyOf(column: string, values: Iterable<string>, type: string): string {
  const list = [...values].sort().map(literal).join(', ');
  return `${column} = any (array[${list}]::${type}[])`;
}
