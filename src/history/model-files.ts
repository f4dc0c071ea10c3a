import type { PoolClient } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import { fileContent } from './source-versions.js';

/** A day in the report's time zone; null for events without a time. */
export type Day = string | null;

/** A file whose events are in an incremental model. */
export interface ModelFile {
  readonly source_file: string;
  /** Digest of its row of the ledger when its events were taken. */
  readonly content: string;
  /** The same as long as the file only grows; null: of an earlier version of Daybook. */
  readonly generation: string | null;
  /** The line at which it goes on when it grows; null: new lines cannot be told from old ones. */
  readonly next_line: number | null;
  /** The days of its events; none when slices are files. */
  readonly days: readonly Day[];
  /** The days of its events from that line on: they go when it grows. */
  readonly open_days: readonly Day[];
}

/** What is loaded of files, by their names. */
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

/** Keeps which files a model's rows are made of, in the transaction that publishes these. */
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
 * The files that are loaded of some sources, with digests of their rows.
 *
 * @param hasLines - Say also where each goes on when it grows.
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
