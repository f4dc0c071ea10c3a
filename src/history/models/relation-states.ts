// States of tables and views, by which unchanged notebooks are recognised.

import type { ClientBase } from 'pg';
import { defaultSchemas } from '../../config/project/project-settings.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { qualified } from '../../warehouse/query/sql-text.js';

/**
 * The states of relations: by name a text that changes with the rows; null: unknown. A view has its definition,
 * and its inputs have their own states.
 */
export type RelationStates = Readonly<Record<string, string | null>>;

/** Tables up to this size are compared by their rows, in bytes. */
const comparedSize = 16 * 1024 * 1024;

/** Schemas whose tables change with everything. */
const catalogs = ['pg_catalog', 'information_schema', 'pg_toast'];

interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'm' | 'f';
  readonly definition: string | null;
  /** A digest of the columns' names and types. */
  readonly columns: string;
  readonly size: bigint;
}

/**
 * The states of relations on a connection's snapshot.
 *
 * @param names - As SQL, like `gold.monthly_churn`; a missing relation is `missing`.
 * @param loaded - The schema of loaded tables.
 * A small table is digested by its rows. A large one has the state of its writer: for a model the last run that
 * changed it, for a loaded table the ledger of files. Any other is unknown.
 */
export async function relationStates(
  client: ClientBase,
  names: readonly string[],
  loaded = defaultSchemas.loaded,
): Promise<RelationStates> {
  if (names.length === 0) return {};
  const found = await queryRows<Relation>(
    client,
    `with recursive relation (oid) as (
      select to_regclass(name)::oid from unnest($1::text[]) as name
      union
      select depend.refobjid
      from relation
      join pg_rewrite as rewrite on rewrite.ev_class = relation.oid
      join pg_depend as depend
        on depend.classid = 'pg_rewrite'::regclass and depend.objid = rewrite.oid
        and depend.refclassid = 'pg_class'::regclass
    )
    select
      namespace.nspname as schema, class.relname as name,
      class.relkind as kind,
      case when class.relkind in ('v', 'm') then pg_get_viewdef(class.oid) end as definition,
      (
        select left(md5(string_agg(attname || ' ' || atttypid || ' ' || atttypmod, ',' order by attnum)), 8)
        from pg_attribute
        where attrelid = class.oid and attnum > 0 and not attisdropped
      ) as columns,
      case class.relkind
        when 'p' then (
          select coalesce(sum(pg_table_size(part.relid)), 0)::bigint
          from pg_partition_tree(class.oid) as part
        )
        else pg_table_size(class.oid)
      end as size
    from relation
    join pg_class as class using (oid)
    join pg_namespace as namespace on namespace.oid = class.relnamespace
    where class.relkind in ('r', 'p', 'v', 'm', 'f')
    order by 1, 2`,
    [names],
  );
  const missing = await queryRows<{ name: string }>(
    client,
    'select name from unnest($1::text[]) as name where to_regclass(name) is null',
    [names],
  );
  const states: Record<string, string | null> = {};
  for (const { name } of missing) states[name] = 'missing';
  for (const relation of found) {
    states[`${relation.schema}.${relation.name}`] = await stateOf(client, relation, loaded);
  }
  return states;
}

async function stateOf(
  client: ClientBase,
  relation: Relation,
  loaded: string,
): Promise<string | null> {
  const { schema, kind, definition, columns } = relation;
  if (catalogs.includes(schema) || kind === 'f') return null;
  if (kind === 'v') return `view ${definition ?? ''}`;
  const rows = await rowsOf(client, relation, loaded);
  // Rows stay the same when only a column's name changes.
  return rows && `${rows}, columns ${columns}`;
}

async function rowsOf(
  client: ClientBase,
  relation: Relation,
  loaded: string,
): Promise<string | null> {
  const { schema, name, size } = relation;
  if (size <= comparedSize) return digest(client, qualified(relation));
  const [run] = await queryRows<{ id: bigint | null }>(
    client,
    `select max(run_id) as id from ops.task_run
    where task = $1 and kind in ('model', 'view') and status = 'passed'`,
    [`${schema}.${name}`],
  );
  if (run?.id != null) return `run ${run.id}`;
  return schema === loaded ? `files ${await digest(client, 'ops.source_file')}` : null;
}

/** Count and sum of the rows' hashes, independent of their order. */
async function digest(client: ClientBase, table: string): Promise<string> {
  const [row] = await queryRows<{ digest: string }>(
    client,
    `select count(*) || ' rows ' || coalesce(sum(hashtextextended((entry.*)::text, 0)), 0) as digest
    from ${table} as entry`,
  );
  return row?.digest ?? '';
}
