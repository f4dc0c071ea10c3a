import type { Pool, PoolClient } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import type { Drift } from './pipeline-report.js';

/** What lines of a file are made of, beside what the declaration names. */
interface SeenShapes {
  /** Fields, and of which JSON type their values are. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  /** Values of the columns that are watched. */
  readonly values: readonly { readonly column: string; readonly value: string }[];
}

/** Keeps what a file's lines are made of, with the load: what was seen before stays as it is known. */
export async function writeShapes(
  client: PoolClient,
  source: string,
  file: string,
  { fields, values }: SeenShapes,
  runId: number,
): Promise<void> {
  const shapes = [
    // That it was loaded at all: of lines that hold nothing but what is declared no other trace stays.
    { kind: 'source', name: '', detail: '' },
    ...fields.map(({ name, type }) => ({ kind: 'field', name, detail: type })),
    ...values.map(({ column, value }) => ({ kind: 'value', name: column, detail: value })),
  ];
  // In one order, so that loads of several files wait for each other and never in a circle.
  await client.query(
    `insert into ops.source_shape (source, kind, name, detail, source_file, run_id)
    select $1, kind, name, detail, $2, $3
    from json_to_recordset($4) as shape (kind text, name text, detail text)
    order by kind, name, detail
    on conflict do nothing`,
    [source, file, runId, JSON.stringify(shapes)],
  );
}

/** Something that lines had for the first time. */
export interface NewShape extends Drift {
  /** No run before had loaded the source. */
  readonly isFirstLoad: boolean;
}

/**
 * What a run saw for the first time, with what runs before it saw that ended without a report: their
 * files are loaded and will not be read again.
 */
export async function readNewShapes(pool: Pool, runId: number): Promise<NewShape[]> {
  return queryRows<NewShape>(
    pool,
    `with
      unreported as (
        select run_id from ops.pipeline_run
        where run_id > (
          select coalesce(max(run_id), 0) from ops.pipeline_run where summary is not null
        ) and run_id <= $1
      )
    select
      source, name, detail, source_file as file,
      case
        when kind = 'field' and exists (
          select from ops.source_shape as old
          where
            (old.run_id in (table unreported)) is not true
            and (old.source, old.kind, old.name) = (new.source, new.kind, new.name)
        ) then 'type'
        else kind
      end as kind,
      not exists (
        select from ops.source_shape as old
        where old.source = new.source and (old.run_id in (table unreported)) is not true
      ) as "isFirstLoad"
    from ops.source_shape as new
    where run_id in (table unreported) and kind <> 'source'
    order by source, kind, name collate "C", detail collate "C"`,
    [runId],
  );
}
