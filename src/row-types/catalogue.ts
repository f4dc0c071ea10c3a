// Catalogue of a warehouse for those who write queries: schemas, relations with columns, functions, types, keywords.

import type { ClientBase } from 'pg';
import type { StoredColumn } from '../parse-sql/columns/query-scope.js';
import { queryRows } from '../warehouse/query/query-rows.js';
import type { ProjectTypes } from './project-types.js';

/** A column of a relation. */
export interface CatalogueColumn extends StoredColumn {
  /** Its type as SQL writes it, like `numeric(10,2)`. */
  readonly sqlType: string;
  readonly description: string | null;
}

/** A relation, or a schema. */
export interface CatalogueRelation {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly description: string | null;
  readonly columns: readonly CatalogueColumn[];
}

/** A function that a query may call. */
export interface CatalogueFunction {
  readonly schema: string;
  readonly name: string;
  readonly arguments: string;
  readonly result: string;
  readonly description: string | null;
  readonly kind: 'function' | 'aggregate' | 'window';
}

/** What names in a query may mean. */
export interface Catalogue {
  /** Their descriptions by their names. */
  readonly schemas: ReadonlyMap<string, string | null>;
  /** By `schema.name`. */
  readonly relations: ReadonlyMap<string, CatalogueRelation>;
  readonly functions: readonly CatalogueFunction[];
  readonly types: readonly string[];
  /** In lower case. */
  readonly keywords: readonly string[];
}

/**
 * Reads the catalogue as far as the role may use it.
 *
 * @param known - The project's tables: where a header says `not_null`, the catalogue does not.
 */
export async function readCatalogue(
  client: ClientBase,
  { tables }: Pick<ProjectTypes, 'tables'>,
): Promise<Catalogue> {
  const schemas = await queryRows<{ name: string; description: string | null }>(
    client,
    `select nspname as name, obj_description(oid, 'pg_namespace') as description from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema' and has_schema_privilege(oid, 'usage')`,
  );
  const relations = await queryRows<CatalogueRelation>(
    client,
    `select n.nspname as schema, c.relname as name,
      case when c.relkind in ('v', 'm') then 'view' else 'table' end as kind,
      obj_description(c.oid, 'pg_class') as description,
      json_agg(
        json_build_object(
          'name', a.attname,
          'type', t.typname,
          'sqlType', format_type(a.atttypid, a.atttypmod),
          'isNullable', not a.attnotnull,
          'description', col_description(c.oid, a.attnum)
        )
        order by a.attnum
      ) as columns
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type as t on t.oid = a.atttypid
    where n.nspname = any ($1::text[]) and c.relkind in ('r', 'p', 'v', 'm', 'f')
    group by n.nspname, c.oid, c.relname, c.relkind`,
    [schemas.map(({ name }) => name)],
  );
  const functions = await queryRows<CatalogueFunction>(
    client,
    `select n.nspname as schema, p.proname as name, pg_get_function_arguments(p.oid) as arguments,
      pg_get_function_result(p.oid) as result, obj_description(p.oid, 'pg_proc') as description,
      case p.prokind when 'a' then 'aggregate' when 'w' then 'window' else 'function' end as kind
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    where p.prokind <> 'p' and (n.nspname = 'pg_catalog' or n.nspname = any ($1::text[]))
      and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype, 'cstring'::regtype)
      and not ('internal'::regtype = any (p.proargtypes) or 'cstring'::regtype = any (p.proargtypes))
      and not exists (select from pg_operator as o where o.oprcode = p.oid)
    order by p.proname, p.pronargs`,
    [schemas.map(({ name }) => name)],
  );
  const types = await queryRows<{ name: string }>(
    client,
    `select distinct format_type(t.oid, null) as name from pg_type as t
    join pg_namespace as n on n.oid = t.typnamespace
    where t.typtype in ('b', 'd', 'e', 'r', 'm') and t.typcategory <> 'A'
      and (n.nspname = 'pg_catalog' or n.nspname = any ($1::text[])) and t.typname !~ '^(_|pg_|reg)'`,
    [schemas.map(({ name }) => name)],
  );
  const keywords = await queryRows<{ word: string }>(client, 'select word from pg_get_keywords()');
  return {
    schemas: new Map(schemas.map(({ name, description }) => [name, description])),
    relations: new Map(
      relations.map((relation) => {
        const id = `${relation.schema}.${relation.name}`;
        const declared = tables.get(id)?.columns;
        const columns = relation.columns.map((column) => ({
          ...column,
          isNullable:
            column.isNullable === true && (declared?.get(column.name)?.isNullable ?? true),
        }));
        return [id, { ...relation, columns }];
      }),
    ),
    functions,
    types: types.map(({ name }) => name),
    keywords: keywords.map(({ word }) => word),
  };
}
