// Relations and columns by Postgres's catalog.

import type { PoolClient } from 'pg';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import { qualified } from '../../../warehouse/query/sql-text.js';
import type { RelationName } from '../../definitions/model.js';

/** A column by the catalog. */
export interface RelationColumn {
  readonly name: string;
  /** In Postgres's notation, like `numeric(10,2)`. */
  readonly type: string;
}

/** An existing table or view. */
export interface ExistingRelation extends RelationName {
  readonly oid: number;
  readonly kind: 'table' | 'view' | 'materialized view';
  readonly columns: readonly RelationColumn[];
}

const kinds = { r: 'table', p: 'table', v: 'view', m: 'materialized view' } as const;

/**
 * Looks up a relation.
 *
 * @param relation - In `pg_temp` it is the session's own.
 * @returns Undefined when there is none of that name.
 */
export async function findRelation(
  client: PoolClient,
  relation: RelationName,
): Promise<ExistingRelation | undefined> {
  const [found] = await queryRows<{
    oid: number;
    relkind: keyof typeof kinds;
    columns: RelationColumn[];
  }>(
    client,
    `select c.oid, c.relkind, coalesce(a.columns, '[]') as columns
    from pg_class as c
    left join lateral (
      select
        json_agg(
          json_build_object('name', attname, 'type', format_type(atttypid, atttypmod))
          order by attnum
        ) as columns
      from pg_attribute
      where attrelid = c.oid and attnum > 0 and not attisdropped
    ) as a on true
    where c.oid = to_regclass($1) and c.relkind in ('r', 'p', 'v', 'm')`,
    [qualified(relation)],
  );
  if (found === undefined) return undefined;
  const { schema, name } = relation;
  return { schema, name, oid: found.oid, kind: kinds[found.relkind], columns: found.columns };
}

/** Whether two relations have the same columns in the same order. */
export function sameColumns(a: readonly RelationColumn[], b: readonly RelationColumn[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, type }, index) => name === b[index]?.name && type === b[index].type)
  );
}
