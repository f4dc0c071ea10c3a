// The table of a source: creates it, and migrates it when the declaration changes.

import type { Pool, PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { literal, quote, qualified } from '../../warehouse/query/sql-text.js';
import { lockByName, withTransaction } from '../../warehouse/query/transaction.js';
import { typeSql } from '../project/column-type.js';
import { ownColumns, sourceTable, type Source } from '../definitions/source.js';

interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | null;
}

/** The columns of a source's table. */
function declaredColumns({ columns }: Source): TableColumn[] {
  return [
    ...columns.map((column) => ({
      ...{ name: column.name, type: typeSql(column) },
      ...{ isRequired: column.required, description: column.description ?? null },
    })),
    ...ownColumns.map((column) => ({ ...column, isRequired: true })),
  ];
}

/**
 * Creates the table of a source, or adds columns, changes types and drops `not null`. A column that is declared no
 * more stays, without values for new lines. A table that is right is left alone.
 *
 * @throws DaybookError `SOURCE_TABLE` when Postgres refuses, for which a view on a column is enough.
 */
export async function ensureTable(pool: Pool, source: Source): Promise<void> {
  const table = sourceTable(source);
  try {
    await withTransaction(pool, async (client) => {
      // Concurrent creation of one table would fail.
      await lockByName(client, 'model', table);
      for (const statement of await changes(client, source)) await client.query(statement);
      await distribute(client, source);
    });
  } catch (cause) {
    if (sqlstateOf(cause) === undefined) throw cause;
    throw new DaybookError('SOURCE_TABLE', `${table} cannot be made as its source is declared`, {
      where: `sql/sources/${source.name}.yaml`,
      cause,
      hint: 'give a column of another type another name, or drop the table: all of it comes from the files',
    });
  }
}

/** The statements that bring the table in line with the declaration. */
async function changes(client: PoolClient, source: Source): Promise<string[]> {
  const table = sourceTableSql(source);
  const wanted = declaredColumns(source);
  const { rows } = await client.query<{ description: string | null; columns: TableColumn[] }>(
    `select
      obj_description(c.oid, 'pg_class') as description,
      json_agg(
        json_build_object(
          'name', attname, 'type', format_type(atttypid, atttypmod), 'isRequired', attnotnull,
          'description', col_description(c.oid, attnum)
        )
      ) as columns
    from pg_class as c
    join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
    where c.oid = to_regclass($1)
    group by c.oid`,
    [table],
  );
  const [found] = rows;
  const described = (of: string, old: string | null | undefined, text: string | null): string[] =>
    (old ?? null) === text ? [] : [`comment on ${of} is ${text === null ? 'null' : literal(text)}`];
  const statements = described(`table ${table}`, found?.description, source.description ?? null);
  if (found === undefined) {
    const columns = wanted.map(
      ({ name, type, isRequired }) => `${quote(name)} ${type}${isRequired ? ' not null' : ''}`,
    );
    statements.unshift(
      `create table ${table} (${columns.join(', ')})`,
      // The lines of a file are adjacent, so a block range index suffices for replacing a file.
      `create index on ${table} using brin (source_file) with (pages_per_range = 32, autosummarize = on)`,
    );
  }
  for (const { name, type, isRequired, description } of wanted) {
    const old = found?.columns.find((column) => column.name === name);
    const column = `${table} alter column ${quote(name)}`;
    if (found !== undefined && old === undefined) {
      statements.unshift(`alter table ${table} add column ${quote(name)} ${type}`);
    } else if (old !== undefined) {
      if (old.type !== type) {
        statements.unshift(
          `alter table ${column} type ${type} using ${quote(name)}::text::${type}`,
        );
      }
      if (old.isRequired && !isRequired) statements.push(`alter table ${column} drop not null`);
    }
    statements.push(...described(`column ${table}.${quote(name)}`, old?.description, description));
  }
  for (const { name, isRequired } of found?.columns ?? []) {
    if (isRequired && !wanted.some((column) => column.name === name)) {
      statements.push(`alter table ${table} alter column ${quote(name)} drop not null`);
    }
  }
  return statements;
}

/** Distributes the table on a Citus cluster, unless it is distributed. */
async function distribute(client: PoolClient, source: Source): Promise<void> {
  if (source.distributeBy === undefined) return;
  const { rows } = await client.query<{ isCitus: boolean }>(
    `select to_regclass('pg_dist_partition') is not null as "isCitus"`,
  );
  if (rows[0]?.isCitus !== true) return;
  await client.query(
    `select create_distributed_table($1::regclass, $2)
    where not exists (select from pg_dist_partition where logicalrelid = $1::regclass)`,
    [sourceTableSql(source), source.distributeBy],
  );
}

/** The table of a source as SQL: its name may be a keyword. */
export function sourceTableSql({ schema, name }: Pick<Source, 'schema' | 'name'>): string {
  return qualified({ schema, name });
}
