// Description of queries by Postgres: columns, types, problems.

import type { ClientBase } from 'pg';
import { parseStatements } from '../parse-sql/parse-statements.js';
import { queryColumns } from '../parse-sql/columns/query-columns.js';
import { queryNames } from '../parse-sql/query-names.js';
import { relationId, type StoredColumn } from '../parse-sql/columns/query-scope.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import { arrivesAsArray } from '../warehouse/query/value-mapping.js';
import { declaredNotNull } from '../warehouse/query/not-null.js';
import { describeStatement, type DescribedStatement } from './describe-statement.js';
import type { ProjectTypes } from './project-types.js';
import { readCatalogue, type Catalogue } from './catalogue.js';
import { problemOf, type QueryProblem } from './query-problem.js';
import type { QueryType } from './query-types.js';
import type { TypedColumn } from './row-type.js';

/** What is known of each of some queries, by its text. */
export interface DescribedQueries {
  readonly types: ReadonlyMap<string, QueryType>;
  readonly problems: ReadonlyMap<string, QueryProblem>;
}

/** What {@link describeQueries} may be given. */
export interface DescribeOptions {
  /** Names that could have been meant, asked for once something is wrong. Default: they are read then. */
  readonly catalogue?: (() => Promise<Catalogue>) | undefined;
  /** Ends the work before the next query. */
  readonly signal?: AbortSignal | undefined;
}

/** Has Postgres describe queries, see {@link describeQueries}. */
export type Describe = (
  texts: readonly string[],
  types: Pick<ProjectTypes, 'tables'>,
  options?: Pick<DescribeOptions, 'signal'>,
) => Promise<DescribedQueries>;

/**
 * Has Postgres describe queries, none of which is run: their columns and parameters with their types. Whether null
 * may stand in a column is read out of the query and the declarations of what it reads.
 *
 * @param client - A connection of the reader's role.
 * @param known - The project's tables: where a header says `not_null`, the catalogue does not.
 * @throws Postgres's own error when it cannot be reached.
 */
export async function describeQueries(
  client: ClientBase,
  texts: Iterable<string>,
  { tables }: Pick<ProjectTypes, 'tables'>,
  { catalogue = once(() => readCatalogue(client, { tables })), signal }: DescribeOptions = {},
): Promise<DescribedQueries> {
  const known = async () => ({ tables, catalogue: await catalogue() });
  const described = new Map<string, DescribedStatement>();
  const problems = new Map<string, QueryProblem>();
  for (const sql of new Set(texts)) {
    signal?.throwIfAborted();
    try {
      described.set(sql, await describeStatement(client, sql));
    } catch (error) {
      problems.set(sql, await problemOf(sql, error, known));
    }
  }
  const relations = new Map<string, readonly string[]>();
  for (const sql of described.keys()) relations.set(sql, await relationsOf(sql));
  const stored = await storedColumns(client, new Set([...relations.values()].flat()), tables);
  const typesOf = await readTypes(client, [...described.values()]);
  const types = new Map<string, QueryType>();
  for (const [sql, { columns, parameters }] of described) {
    const read = (await queryColumns(sql, (id) => stored.get(id))) ?? [];
    // A query that was not read as Postgres reads it says nothing of its columns.
    const isRead =
      read.length === columns.length &&
      read.every(({ name }, index) => name === columns[index]?.name);
    const notNull = declaredNotNull(sql);
    types.set(sql, {
      sql,
      relations: relations.get(sql) ?? [],
      columns: lastOfEachName(
        columns.map(({ name, typeId }, index): TypedColumn => {
          const isNullable = !isRead || (read[index]?.isNullable ?? true);
          return {
            ...{ name, description: undefined, ...typesOf(typeId) },
            isNullable: isNullable && !notNull.has(name),
          };
        }),
      ),
      parameters: parameters.map(typesOf),
    });
  }
  return { types, problems };
}

/** Of columns of one name, a row holds the last. */
function lastOfEachName(columns: readonly TypedColumn[]): TypedColumn[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}

/** The relations that a query names, like `gold.monthly_churn`, each once. */
async function relationsOf(sql: string): Promise<string[]> {
  const parsed = await parseStatements(sql);
  if (!parsed.ok) return [];
  const named = parsed.statements.flatMap(({ tree }) => queryNames(tree).relations);
  return [...new Set(named.map(({ schema, name }) => relationId(schema, name)))].sort();
}

type StoredColumns = ReadonlyMap<string, readonly StoredColumn[]>;

/** The columns of relations, of views by what they are made of. */
async function storedColumns(
  client: ClientBase,
  ids: ReadonlySet<string>,
  tables: ProjectTypes['tables'],
): Promise<StoredColumns> {
  const found = new Map<string, readonly StoredColumn[]>();
  const views: { id: string; sql: string; columns: readonly StoredColumn[] }[] = [];
  for (let wanted = [...ids]; wanted.length > 0;) {
    const rows = await queryRows<{ id: string; view: string | null; columns: StoredColumn[] }>(
      client,
      `select
        id,
        case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as view,
        json_agg(
          json_build_object(
            'name', a.attname,
            'type', (
              with recursive step as (
                select * from pg_type where oid = a.atttypid
                union all
                select base.* from step join pg_type as base on base.oid = step.typbasetype
              )
              select typname from step where typbasetype = 0
            ),
            'isNullable', not a.attnotnull
          )
          order by a.attnum
        ) as columns
      from unnest($1::text[], $2::text[], $3::text[]) as wanted (id, schema, name)
      join pg_namespace as n on n.nspname = wanted.schema
      join pg_class as c on c.relnamespace = n.oid and c.relname = wanted.name
      join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      group by id, c.oid, c.relkind`,
      [
        wanted,
        ...[0, 1].map((part) =>
          wanted.map((id) => [schemaOf(id), id.slice(schemaOf(id).length + 1)][part]),
        ),
      ],
    );
    const next = new Set<string>();
    for (const { id, view, columns } of rows) {
      const declared = tables.get(id)?.columns;
      const known = columns.map((column) => ({
        ...column,
        isNullable: column.isNullable === true && (declared?.get(column.name)?.isNullable ?? true),
      }));
      found.set(id, known);
      if (view === null) continue;
      views.unshift({ id, sql: view, columns: known });
      for (const other of await relationsOf(view)) if (!found.has(other)) next.add(other);
    }
    wanted = [...next];
  }
  // What a view reads was found after it, and comes before it here.
  for (const { id, sql, columns } of views) {
    const read = await queryColumns(sql, (other) => found.get(other));
    if (read?.length !== columns.length) continue;
    found.set(
      id,
      columns.map((column, index) => ({
        ...column,
        isNullable: column.isNullable === true && (read[index]?.isNullable ?? true),
      })),
    );
  }
  return found;
}

function schemaOf(id: string): string {
  return id.slice(0, id.indexOf('.'));
}

type TypesOf = (typeId: number) => Pick<TypedColumn, 'type' | 'isArray'>;

async function readTypes(
  client: ClientBase,
  statements: readonly DescribedStatement[],
): Promise<TypesOf> {
  const ids = new Set(
    statements.flatMap(({ columns, parameters }) => [
      ...columns.map(({ typeId }) => typeId),
      ...parameters,
    ]),
  );
  const rows = await queryRows<{ id: number; name: string; element: string | null }>(
    client,
    `select t.oid as id, t.typname as name, element.typname as element
    from pg_type as t
    left join pg_type as element on element.oid = t.typelem and t.typcategory = 'A'
    where t.oid = any ($1::oid[])`,
    [[...ids]],
  );
  const known = new Map(
    rows.map(({ id, name, element }) => {
      if (element === null) return [id, { type: name, isArray: false }];
      return [
        id,
        arrivesAsArray(id) ? { type: element, isArray: true } : { type: 'text', isArray: false },
      ];
    }),
  );
  return (typeId) => known.get(typeId) ?? { type: 'text', isArray: false };
}
