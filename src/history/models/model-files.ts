// The files that an incremental model contains.

import type { PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { fileContent } from '../files/source-versions.js';

/** A day in the report's time zone; null for events without a time. */
export type Day = string | null;

/** A file whose events are in an incremental model. */
export interface ModelFile {
  readonly source_file: string;
  /** Digest of its ledger row when its events were read. */
  readonly content: string;
  /** Equal while the file only grows; null: written by an earlier version of Daybook. */
  readonly generation: string | null;
  /** The line where reading continues when the file grows; null: new lines cannot be distinguished. */
  readonly next_line: number | null;
  /** The days of its events; empty for slices by file. */
  readonly days: readonly Day[];
  /** The days of its events from that line on, which a growing file replaces. */
  readonly open_days: readonly Day[];
}

/** The content of loaded files, by name. */
export type FileContents = ReadonlyMap<
  string,
  Pick<ModelFile, 'content' | 'generation' | 'next_line'> & { readonly isOpen: boolean }
>;

/** The files whose events are in a model. */
export async function readModelFiles(client: PoolClient, model: string): Promise<ModelFile[]> {
  return queryRows<ModelFile>(
    client,
    `select
      source_file, content, generation, next_line::float8 as next_line, days::text[] as days,
      open_days::text[] as open_days
    from ops.model_file where model = $1`,
    [model],
  );
}

/** Stores the files of a model, in the transaction that publishes its rows. */
export async function writeModelFiles(
  client: PoolClient,
  model: string,
  files: readonly ModelFile[],
): Promise<void> {
  await client.query(
    `with
      file as (
        select * from json_to_recordset($2) as file (
          source_file text, content text, generation uuid, next_line bigint, days date[], open_days date[]
        )
      ),
      gone as (
        delete from ops.model_file
        where model = $1 and source_file not in (select source_file from file)
      )
    insert into ops.model_file (model, source_file, content, generation, next_line, days, open_days)
    select $1, source_file, content, generation, next_line, days, open_days from file
    on conflict (model, source_file) do update
    set (content, generation, next_line, days, open_days) = (
      excluded.content, excluded.generation, excluded.next_line, excluded.days, excluded.open_days
    )
    where
      model_file.content <> excluded.content or model_file.generation is distinct from excluded.generation`,
    [model, JSON.stringify(files)],
  );
}

/**
 * The loaded files of some sources, with digests of their rows.
 *
 * @param hasLines - Also return where reading continues.
 */
export async function readFileContents(
  client: PoolClient,
  sources: readonly string[],
  hasLines: boolean,
): Promise<FileContents> {
  type Row = Pick<ModelFile, 'content' | 'generation' | 'next_line'> & { isOpen: boolean };
  const rows = await queryRows<Row & { source_file: string }>(
    client,
    `select
      source_file, ${fileContent} as content, generation,
      case when $2 then next_line::float8 end as next_line,
      $2 and coalesce(unfinished_bytes > 0, false) as "isOpen"
    from ops.source_file as file
    where source = any ($1)`,
    [sources, hasLines],
  );
  return new Map(rows.map(({ source_file, ...row }) => [source_file, row]));
}
