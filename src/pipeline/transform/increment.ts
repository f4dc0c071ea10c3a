import type { PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import {
  reportParameter,
  type CalendarUnit,
  type Incremental,
  type Model,
} from '../models/model.js';
import { literal, qualified, quote } from '../../warehouse/sql-text.js';
import { fileContent } from '../runs/source-versions.js';

/** A file whose events are in an incremental model. */
export interface ModelFile {
  readonly source_file: string;
  /** Digest of its row of the ledger when its events were taken. */
  readonly content: string;
  /**
   * The days of its events in the report's time zone, null for events without a time; none when slices are
   * files.
   */
  readonly days: readonly (string | null)[];
}

/** What has to be built again of an incremental model. */
export interface Increment {
  /** Which rows of the model, as a condition in SQL. */
  readonly rows: string;
  /** Which events they are made of, as a condition in SQL. */
  readonly events: string;
  /** The files whose events the model holds afterwards. */
  readonly files: readonly ModelFile[];
}

/**
 * Finds the slices of a model in which there are other events than when it was built: new files,
 * changed ones, and ones that are gone, also where their events lie far back in time.
 *
 * @param sources - The tables of files behind the relation of events.
 */
export async function findIncrement(
  client: PoolClient,
  model: Model,
  incremental: Incremental,
  sources: readonly string[],
): Promise<Increment> {
  const known = await queryRows<ModelFile>(
    client,
    'select source_file, content, days::text[] as days from ops.model_file where model = $1',
    [model.id],
  );
  const ledger = await readLedger(client, sources);
  const isSame = ({ source_file, content }: ModelFile): boolean =>
    ledger.get(source_file) === content;
  const kept = known.filter(isSame);
  const gone = known.filter((file) => !isSame(file));
  const keptNames = new Set(kept.map((file) => file.source_file));
  const added = await eventDays(
    client,
    incremental,
    new Map([...ledger].filter(([name]) => !keptNames.has(name))),
  );
  const files = [...kept, ...added];
  const slice = quote(incremental.slice);
  if (incremental.time === undefined) {
    const names = new Set([...gone, ...added].map((file) => file.source_file));
    return {
      rows: isAnyOf(slice, names, 'text'),
      events: isAnyOf('source_file', names, 'text'),
      files,
    };
  }
  const days = new Set([...gone, ...added].flatMap((file) => file.days));
  const allDays = new Set(files.flatMap((file) => file.days));
  const slices = await slicesOf(
    client,
    incremental.by as CalendarUnit,
    [...days].filter((day) => day !== null),
    [...allDays].filter((day) => day !== null),
  );
  const builtDays = new Set<string | null>(slices.flatMap((each) => each.days));
  if (days.has(null)) builtDays.add(null);
  // A file that has no event in these slices need not be looked at.
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

/** All files of the ledger with what an incremental model that was just built has taken from them. */
export async function allFiles(
  client: PoolClient,
  incremental: Incremental,
  sources: readonly string[],
): Promise<ModelFile[]> {
  return eventDays(client, incremental, await readLedger(client, sources));
}

/** Keeps which files a model's rows are made of, in the transaction that publishes these. */
export async function writeModelFiles(
  client: PoolClient,
  model: Model,
  files: readonly ModelFile[],
): Promise<void> {
  await client.query(
    `with
      file as (
        select * from json_to_recordset($2) as file (source_file text, content text, days date[])
      ),
      gone as (
        delete from ops.model_file
        where model = $1 and source_file not in (select source_file from file)
      )
    insert into ops.model_file (model, source_file, content, days)
    select $1, source_file, content, days from file
    on conflict (model, source_file) do update
    set (content, days) = (excluded.content, excluded.days)
    where model_file.content <> excluded.content`,
    [model.id, JSON.stringify(files)],
  );
}

/** The files that are loaded into some tables, with digests of their rows. */
async function readLedger(
  client: PoolClient,
  sources: readonly string[],
): Promise<Map<string, string>> {
  const rows = await queryRows<{ source_file: string; content: string }>(
    client,
    `select source_file, ${fileContent} as content
    from ops.source_file as file
    where 'bronze.' || source = any ($1)`,
    [sources],
  );
  return new Map(rows.map((row) => [row.source_file, row.content]));
}

/** @param contents - Names of files and digests of their rows of the ledger. */
async function eventDays(
  client: PoolClient,
  { from, time }: Incremental,
  contents: ReadonlyMap<string, string>,
): Promise<ModelFile[]> {
  const names = [...contents.keys()];
  const found =
    time === undefined || names.length === 0
      ? []
      : await queryRows<{ source_file: string; day: string | null }>(
          client,
          `select source_file, (${quote(time)} at time zone (select time_zone from ${reportParameter}))::date::text as day
          from ${qualified(from)}
          where source_file = any ($1)
          group by 1, 2`,
          [names],
        );
  const days = new Map<string, (string | null)[]>(names.map((name) => [name, []]));
  for (const { source_file, day } of found) days.get(source_file)?.push(day);
  return [...days].map(([source_file, list]) => ({
    source_file,
    content: contents.get(source_file) ?? '',
    days: list.sort(),
  }));
}

/** A slice: its first day, days in it, and the instants between which its events lie. */
interface Slice {
  readonly slice: string;
  readonly days: readonly string[];
  readonly starts: string;
  readonly ends: string;
}

/** Postgres's dates before and after all others belong to no month. */
function isInfinite(day: string): boolean {
  return day.endsWith('infinity');
}

/**
 * The first instant of a date in a time zone, as SQL. Where clocks are put back over midnight, as in
 * Havana, midnight comes twice, and `at time zone` means the second one; three hours earlier the old
 * offset is still in force, and by that the first is found.
 *
 * @param midnight - SQL of a timestamp without time zone; of an infinite one the instant is null.
 */
function firstInstant(midnight: string, zone: string): string {
  const second = `(${midnight} at time zone ${zone})`;
  const first = `(${second} - interval '3 hours' + (${midnight} - (${second} - interval '3 hours') at time zone ${zone}))`;
  return `case when not isfinite(${midnight}) then null when ${first} at time zone ${zone} = ${midnight} then least(${first}, ${second}) else ${second} end`;
}

/**
 * The slices that days belong to, in their order. Dates and instants are texts as Postgres writes them, since
 * other notations have no years before 1 or after 9999.
 *
 * @param among - Days of which those in the slices are given back.
 */
async function slicesOf(
  client: PoolClient,
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
      cross join ${reportParameter}
    order by touched.slice`,
    [by, days, among],
  );
}

/** Slices that follow each other without a gap, as one. */
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
