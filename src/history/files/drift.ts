// Fields, types and values seen in the lines of each source (`ops.source_shape`), for drift.

import type { Pool, PoolClient } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import type { Drift } from '../reports/pipeline-report.js';

/** What the lines of a file contain beside the declared fields. */
interface SeenShapes {
  /** Fields with the JSON types of their values. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  /** Values of watched columns. */
  readonly values: readonly { readonly column: string; readonly value: string }[];
}

/** Stores the shapes of a file's lines with its load; known shapes stay as they are. */
export async function writeShapes(
  client: PoolClient,
  source: string,
  file: string,
  { fields, values }: SeenShapes,
  runId: number,
): Promise<void> {
  const shapes = [
    // Marks the source as loaded: lines with only declared fields leave no other trace.
    { kind: 'source', name: '', detail: '' },
    ...fields.map(({ name, type }) => ({ kind: 'field', name, detail: type })),
    ...values.map(({ column, value }) => ({ kind: 'value', name: column, detail: value })),
  ];
  // A fixed order, so that concurrent loads cannot deadlock.
  await client.query(
    `insert into ops.source_shape (source, kind, name, detail, source_file, run_id)
    select $1, kind, name, detail, $2, $3
    from json_to_recordset($4) as shape (kind text, name text, detail text)
    order by kind, name, detail
    on conflict do nothing`,
    [source, file, runId, JSON.stringify(shapes)],
  );
}

/** A new field, type or value. */
export interface NewShape extends Drift {
  /** No earlier run had loaded the source. */
  readonly isFirstLoad: boolean;
}

/**
 * The new shapes of a run, with those of earlier runs that ended without a report: their files are loaded and will
 * not be read again.
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
