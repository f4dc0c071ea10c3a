// What the data catalogue shows: tables, views, columns, tests, loaded files, sample rows.

import type { Pool } from 'pg';
import { defaultSchemas, type Schemas } from '../../../config/project/project-settings.js';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import { qualified, quote } from '../../../warehouse/query/sql-text.js';
import { withTransaction } from '../../../warehouse/query/transaction.js';

/** A column of a relation. */
export interface CatalogueColumn {
  readonly name: string;
  /** As Postgres writes it, like `timestamp with time zone`. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly description: string | null;
}

/** A data test of a relation, with its last result. */
export interface CatalogueTest {
  /** Without the relation's name: `not_null(month)`, or a sentence. */
  readonly name: string;
  readonly status: string;
  readonly runId: string;
}

/** A table or view of the data schemas. */
export interface CatalogueRelation {
  /** `schema.name` */
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly description: string | null;
  readonly columns: readonly CatalogueColumn[];
  readonly tests: readonly CatalogueTest[];
  /** Rows at the last build; without one Postgres's estimate; null: not known. */
  readonly rowCount: number | null;
  readonly isEstimate: boolean;
  /** When its rows were last replaced (RFC 3339), and by which run; null: by none. */
  readonly builtAt: string | null;
  readonly builtBy: string | null;
}

/** A loaded file. */
export interface SourceFile {
  readonly file: string;
  readonly bytes: number;
  readonly loaded: number;
  readonly rejected: number;
  readonly loadedAt: string;
}

/** Some rows of a relation, each value as Postgres's text. */
export interface SampleRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Reads the data catalogue. All methods reject with Postgres's errors while it is unreachable. */
export interface CatalogueReader {
  /** The project's schemas. */
  readonly schemas: Schemas;
  /**
   * The relations of the schemas, in the order of the data flow.
   *
   * @param ids - Default all.
   */
  readRelations(ids?: readonly string[]): Promise<CatalogueRelation[]>;
  /** The newest loaded files, and the number of all. */
  readFiles(limit: number): Promise<{ readonly count: number; readonly files: SourceFile[] }>;
  /** The first rows of a relation of {@link readRelations}. */
  readSample(relation: CatalogueRelation, limit: number): Promise<SampleRows>;
  /** The statements of each relation's last build, by relation id. */
  readSql(): Promise<ReadonlyMap<string, string>>;
}

/** A {@link CatalogueReader} on a pool of the reader's role. */
export function createCatalogueReader(
  pool: Pool,
  schemas: Schemas = defaultSchemas,
): CatalogueReader {
  return {
    schemas,
    readRelations: (ids) =>
      queryRows<CatalogueRelation>(pool, relationsSql, [ids ?? null, schemas.names]),
    readFiles: async (limit) => {
      const rows = await queryRows<SourceFile & { total: number }>(pool, filesSql, [limit]);
      return { count: rows[0]?.total ?? 0, files: rows };
    },
    readSample: (relation, limit) => readSample(pool, relation, limit),
    readSql: async () => {
      const rows = await queryRows<{ task: string; sql: string }>(pool, statementsSql);
      return new Map(rows.map(({ task, sql }) => [task, sql]));
    },
  };
}

/** Timeout of the query for sample rows, in milliseconds: a view can take minutes. */
const sampleMs = 2000;

/** The longest value; longer ones are cut. */
const maxValue = 200;

function readSample(
  pool: Pool,
  { schema, name, columns }: CatalogueRelation,
  limit: number,
): Promise<SampleRows> {
  const values = columns.map((column) => `left(${quote(column.name)}::text, ${maxValue})`);
  return withTransaction(pool, async (client) => {
    await client.query(`set transaction read only`);
    await client.query(`set local statement_timeout = ${sampleMs}`);
    const rows = await queryRows<{ sample: (string | null)[] }>(
      client,
      `select array[${values.join(', ')}]::text[] as sample
      from ${qualified({ schema, name })} limit ${limit}`,
    );
    return { columns: columns.map((column) => column.name), rows: rows.map((row) => row.sample) };
  });
}

/**
 * The relations of some schemas ($2), or those of these names ($1), with their newest tasks; the rows that it
 * reads do not grow with the history.
 */
export const relationsSql = `
  with
    relation as (
      select
        class.oid, schema.nspname, class.relname, class.relkind,
        schema.nspname || '.' || class.relname as id,
        class.reltuples
      from pg_class as class
      join pg_namespace as schema on schema.oid = class.relnamespace
      where
        schema.nspname = any ($2::text[]) and class.relkind in ('r', 'p', 'v', 'm')
        and ($1::text[] is null or schema.nspname || '.' || class.relname = any($1::text[]))
    ),
    listed as (
      select attrelid, json_agg(json_build_object(
        'name', attname,
        'type', format_type(atttypid, atttypmod),
        'isNullable', not attnotnull,
        'description', described.description
      ) order by attnum) as columns
      from
        relation
        join pg_attribute on attrelid = relation.oid
        left join pg_description as described
          on objoid = attrelid and classoid = 'pg_class'::regclass and objsubid = attnum
      where attnum > 0 and not attisdropped
      group by attrelid
    )
  select
    relation.id,
    relation.nspname as schema,
    relation.relname as name,
    case when relation.relkind in ('v', 'm') then 'view' else 'table' end as kind,
    obj_description(relation.oid, 'pg_class') as description,
    coalesce(counted.row_count, case when relation.relkind <> 'v' and reltuples >= 0 then reltuples end)::float8
      as "rowCount",
    counted.row_count is null as "isEstimate",
    built.finished_at as "builtAt",
    built.run_id::text as "builtBy",
    coalesce(listed.columns, '[]') as columns,
    tested.tests
  from
    relation
    left join listed on attrelid = relation.oid
    left join lateral (
      select finished_at, run_id
      from ops.task_run
      where task collate "C" = relation.id and kind in ('model', 'view') and status = 'passed'
      order by run_id desc
      limit 1
    ) as built on true
    -- The rows that a run found unchanged were counted by that run too.
    left join lateral (
      select row_count
      from ops.task_run
      where
        task collate "C" = relation.id and kind = 'model' and row_count is not null
        and relation.relkind <> 'v'
      order by run_id desc
      limit 1
    ) as counted on true
    -- From the newest run of one test to that of the next, whatever the history between them holds.
    left join lateral (
      with recursive newest as (
        (
          select task, status, run_id
          from ops.task_run
          where task collate "C" > relation.id || ':' and task collate "C" < relation.id || ';'
          order by task collate "C", run_id desc
          limit 1
        )
        union all
        select next.*
        from
          newest
          cross join lateral (
            select task, status, run_id
            from ops.task_run
            where
              task collate "C" > newest.task collate "C" and task collate "C" < relation.id || ';'
            order by task collate "C", run_id desc
            limit 1
          ) as next
      )
      select coalesce(json_agg(json_build_object(
        'name', substr(task, length(relation.id) + 2),
        'status', status,
        'runId', run_id::text
      ) order by task), '[]') as tests
      from newest
    ) as tested on true
  order by array_position($2::text[], relation.nspname::text), relation.relname`;

const filesSql = `
  select
    source_file as file, bytes::float8, loaded_count::float8 as loaded,
    rejected_count::float8 as rejected, loaded_at as "loadedAt", count(*) over ()::float8 as total
  from ops.source_file
  order by loaded_at desc, source_file
  limit $1`;

/** As the tests of a relation are found: from the newest run of one task to that of the next. */
export const statementsSql = `
  with recursive newest as (
    (
      select task, sql
      from ops.task_run
      where kind in ('model', 'view') and sql is not null
      order by task collate "C", run_id desc
      limit 1
    )
    union all
    select next.*
    from
      newest
      cross join lateral (
        select task, sql
        from ops.task_run
        where kind in ('model', 'view') and sql is not null and task collate "C" > newest.task collate "C"
        order by task collate "C", run_id desc
        limit 1
      ) as next
  )
  select task, sql from newest`;
