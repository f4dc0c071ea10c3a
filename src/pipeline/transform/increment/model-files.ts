// Which files an incremental model contains, and which of them have changed.

import type { PoolClient } from 'pg';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import { qualified, quote } from '../../../warehouse/query/sql-text.js';
import { reportParameter, type Incremental, type Model } from '../../definitions/model.js';
import {
  readFileContents,
  readModelFiles,
  type Day,
  type FileContents,
  type ModelFile,
} from '../../../history/models/model-files.js';
import { showsLines } from './shows-lines.js';

/** The files of a model after its build, and their changes. */
export interface FileChanges {
  readonly files: readonly ModelFile[];
  /** Files with changed events. */
  readonly names: ReadonlySet<string>;
  /** The days of these events. */
  readonly days: ReadonlySet<Day>;
}

/**
 * Compares the files that a model contains with the loaded ones. In a file that has only grown, only the new lines
 * have changed.
 *
 * @param sources - The tables of files behind the relation of events.
 */
export async function findFileChanges(
  client: PoolClient,
  model: Model,
  incremental: Incremental,
  sources: readonly string[],
): Promise<FileChanges> {
  const known = await readModelFiles(client, model.id);
  const ledger = await readLedger(client, incremental, sources);
  const kept = new Map<string, ModelFile>();
  const grown = new Map<string, ModelFile>();
  const gone: ModelFile[] = [];
  for (const file of known) {
    const now = ledger.get(file.source_file);
    if (now?.content === file.content) {
      // The same lines may have been loaded again.
      kept.set(file.source_file, { ...file, generation: now.generation });
    } else if (now?.generation === file.generation && file.next_line !== null) {
      grown.set(file.source_file, file);
    } else gone.push(file);
  }
  const isTaken = (name: string): boolean => kept.has(name) || grown.has(name);
  const added = await takeFiles(
    client,
    incremental,
    new Map([...ledger].filter(([name]) => !isTaken(name))),
  );
  const longer = await growFiles(client, incremental, grown, ledger);
  const changed = [...gone, ...added, ...longer.map(({ file }) => file)];
  return {
    files: [...kept.values(), ...added, ...longer.map(({ file }) => file)],
    names: new Set(changed.map(({ source_file }) => source_file)),
    days: new Set([
      ...[...gone, ...added].flatMap(({ days }) => days),
      ...longer.flatMap(({ days }) => days),
    ]),
  };
}

/** All files of the ledger, as an incremental model contains them after a complete build. */
export async function allFiles(
  client: PoolClient,
  incremental: Incremental,
  sources: readonly string[],
): Promise<ModelFile[]> {
  return takeFiles(client, incremental, await readLedger(client, incremental, sources));
}

/** The files of some tables, with digests of their rows. */
async function readLedger(
  client: PoolClient,
  { from, time }: Incremental,
  tables: readonly string[],
): Promise<FileContents> {
  const hasLines = time !== undefined && (await showsLines(client, from, tables));
  const sources = tables.flatMap((table) =>
    table.startsWith(`${from.schema}.`) ? [table.slice(from.schema.length + 1)] : [],
  );
  return readFileContents(client, sources, hasLines);
}

/** Files that a model reads completely. */
async function takeFiles(
  client: PoolClient,
  incremental: Incremental,
  ledger: FileContents,
): Promise<ModelFile[]> {
  const names = [...ledger.keys()];
  const days = await daysOf(client, incremental, 'where source_file = any ($1)', [names]);
  const open = await openDays(client, incremental, ledger);
  return [...ledger].map(([name, { content, generation, next_line }]) => ({
    source_file: name,
    ...{ content, generation, next_line },
    days: days.get(name) ?? [],
    open_days: open.get(name) ?? [],
  }));
}

/**
 * Files whose first lines a model contains.
 *
 * @param known - As the model contains them.
 * @returns With the days of new lines, and of those that they replace.
 */
async function growFiles(
  client: PoolClient,
  incremental: Incremental,
  known: ReadonlyMap<string, ModelFile>,
  ledger: FileContents,
): Promise<{ file: ModelFile; days: readonly Day[] }[]> {
  const starts = new Map([...known].map(([name, { next_line }]) => [name, next_line ?? 0]));
  const added = await daysFrom(client, incremental, starts);
  const rows = new Map([...ledger].filter(([name]) => known.has(name)));
  const open = await openDays(client, incremental, rows);
  return [...rows].map(([name, { content, generation, next_line }]) => {
    const before = known.get(name);
    const days = added.get(name) ?? [];
    const file = {
      source_file: name,
      ...{ content, generation, next_line },
      days: [...new Set([...(before?.days ?? []), ...days])].sort(),
      open_days: open.get(name) ?? [],
    };
    return { file, days: [...(before?.open_days ?? []), ...days] };
  });
}

/** The days of events in unfinished lines. */
async function openDays(
  client: PoolClient,
  incremental: Incremental,
  ledger: FileContents,
): Promise<ReadonlyMap<string, Day[]>> {
  const open = [...ledger].filter(([, { isOpen }]) => isOpen);
  return daysFrom(
    client,
    incremental,
    new Map(open.map(([name, { next_line }]) => [name, next_line ?? 0])),
  );
}

/** @param starts - Names of files with the first line whose events count. */
async function daysFrom(
  client: PoolClient,
  incremental: Incremental,
  starts: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Day[]>> {
  // The index of files works for a list, but not for a join.
  const isBehind = `join unnest($1::text[], $2::bigint[]) as start (file, line)
      on source_file = start.file and line_number >= start.line
      where source_file = any ($1)`;
  return daysOf(client, incremental, isBehind, [[...starts.keys()], [...starts.values()]]);
}

/**
 * The days of events, by file.
 *
 * @param which - An SQL condition on events; its first parameter are names of files.
 */
async function daysOf(
  client: PoolClient,
  { from, time }: Incremental,
  which: string,
  parameters: readonly [names: readonly string[], ...others: (readonly unknown[])[]],
): Promise<ReadonlyMap<string, Day[]>> {
  const days = new Map<string, Day[]>();
  if (time === undefined || parameters[0].length === 0) return days;
  const rows = await queryRows<{ source_file: string; day: Day }>(
    client,
    `select source_file, (${quote(time)} at time zone (select time_zone from ${reportParameter(from.schema)}))::date::text as day
    from ${qualified(from)}
    ${which}
    group by 1, 2
    order by 1, 2`,
    [...parameters],
  );
  for (const { source_file, day } of rows) {
    days.set(source_file, [...(days.get(source_file) ?? []), day]);
  }
  return days;
}
