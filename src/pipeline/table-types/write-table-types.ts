// Writing of daybook-env.d.ts.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { writeAtomically } from '../../files/atomic-write.js';
import { projectTypesFile } from '../../files/project-types.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { arrivesAsArray } from '../../warehouse/query/value-mapping.js';
import type { Model } from '../definitions/model.js';
import {
  formatProjectTypes,
  membersText,
  parseProjectTypes,
} from '../../row-types/project-types.js';
import type { TypedColumn } from '../../row-types/row-type.js';
import { tableTypes, type TypedRelation } from '../../row-types/table-types.js';

/**
 * Writes the types of all published tables into the project's `daybook-env.d.ts`, so that `table('gold.x')` has
 * typed rows. An up-to-date file is left alone.
 *
 * @param sources - `schema.name` of the loaded tables.
 * @returns The error of a write that failed, as in an image with a read-only project, whose types are those of its
 *   build.
 */
export async function writeTableTypes(
  pool: Pool,
  root: string,
  models: readonly Model[],
  sources: readonly string[],
): Promise<string | undefined> {
  const relations = await readRelations(pool, models, sources);
  // Types of an incomplete warehouse would be wrong.
  if (relations.length < models.length + sources.length) return undefined;
  const path = join(root, projectTypesFile);
  const before = await readFile(path, 'utf8').catch(() => '');
  // Queries of tables that are gone go with them. Others stay, and the check says which are older than their tables.
  const { tables, queries } = parseProjectTypes(before);
  const ids = new Set(relations.map(({ schema, name }) => `${schema}.${name}`));
  const kept = [...queries.values()].filter(({ reads }) =>
    [...reads.keys()].every((id) => ids.has(id) || !tables.has(id)),
  );
  const text = formatProjectTypes(tableTypes(relations), membersText(kept));
  if (before === text) return undefined;
  try {
    // Atomic, because a concurrent type check may read the file.
    await writeAtomically(path, text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface SentColumn extends TypedColumn {
  /** The type's oid, which the server sends with rows. */
  readonly typeId: number;
}

/** The published relations with the descriptions of their headers. */
export async function readRelations(
  pool: Pool,
  models: readonly Model[],
  sources: readonly string[],
): Promise<TypedRelation[]> {
  const rows = await queryRows<Omit<TypedRelation, 'columns'> & { columns: SentColumn[] }>(
    pool,
    `select
      n.nspname as schema,
      c.relname as name,
      obj_description(c.oid, 'pg_class') as description,
      json_agg(
        json_build_object(
          'name', a.attname,
          'typeId', t.oid::bigint,
          'type', coalesce(element.typname, t.typname),
          'isArray', element.oid is not null,
          'isNullable', not a.attnotnull,
          'description', col_description(c.oid, a.attnum)
        )
        order by a.attnum
      ) as columns
    from unnest($1::text[]) as wanted (id)
    join pg_class as c on c.oid = to_regclass(wanted.id)
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    -- Values of a domain are sent as those of the type that it is made of.
    cross join lateral (
      with recursive step as (
        select * from pg_type where oid = a.atttypid
        union all
        select base.* from step join pg_type as base on base.oid = step.typbasetype
      )
      select * from step where typbasetype = 0
    ) as t
    left join pg_type as element on element.oid = t.typelem and t.typcategory = 'A'
    group by c.oid, n.nspname, c.relname`,
    [[...models.map(({ id }) => id), ...sources]],
  );
  const byId = new Map(models.map((model) => [model.id, model]));
  return rows.map(({ schema, name, description, columns }) => {
    const declared = byId.get(`${schema}.${name}`)?.columns ?? [];
    return {
      ...{ schema, name, description: description ?? undefined },
      columns: columns.map(({ typeId, ...column }) => {
        const tests = declared.find((other) => other.name === column.name)?.tests ?? [];
        const isNullable = column.isNullable && !tests.some(({ kind }) => kind === 'not_null');
        const isArray = column.isArray && arrivesAsArray(typeId);
        const type = column.isArray && !isArray ? 'text' : column.type;
        const description = column.description ?? undefined;
        return { ...column, isArray, type, isNullable, description };
      }),
    };
  });
}
