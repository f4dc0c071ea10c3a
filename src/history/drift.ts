import type { Pool, PoolClient } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import type { LineShapes } from '../pipeline/extract/event/line-shapes.js';
import type { Drift } from '../pipeline/pipeline-event.js';
import type { Source } from '../pipeline/definitions/source.js';

/** Keeps what a file's lines are made of, with the load: what was seen before stays as it is known. */
export async function writeShapes(
  client: PoolClient,
  source: Source,
  file: string,
  { fields, values }: LineShapes,
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
    [source.name, file, runId, JSON.stringify(shapes)],
  );
}

/**
 * What a run saw for the first time, with what runs before it saw that ended without a report: their
 * files are loaded and will not be read again. Of a source that no run has loaded before nothing is new,
 * except for values that its declaration does not list.
 */
export async function readDrift(
  pool: Pool,
  sources: readonly Source[],
  runId: number,
): Promise<Drift[]> {
  const seen = await queryRows<Drift & { isFirstLoad: boolean }>(
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
  return seen
    .filter(({ isFirstLoad, source, kind, name, detail }) => {
      const column = sources
        .find((declared) => declared.name === source)
        ?.columns.find((declared) => declared.name === name);
      if (kind === 'value' && Array.isArray(column?.values)) return !column.values.includes(detail);
      // A field that is null now and then has no other type.
      return !isFirstLoad && !(kind === 'type' && detail === 'null');
    })
    .map(({ isFirstLoad: _, ...drift }) => drift);
}
