// Grants, comments, indexes and settings of a relation, which move to its replacement.

import type { PoolClient } from 'pg';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import { qualified } from '../../../warehouse/query/sql-text.js';
import { sqlstate, sqlstateOf } from '../../../warehouse/query/sqlstate.js';
import type { RelationName } from '../../definitions/model.js';
import { declaredMark } from './apply-metadata.js';
import type { ExistingRelation } from './relation.js';
import type { StatementLog } from './statement-log.js';

/** The kind of the new relation. */
export type NewKind = 'table' | 'view' | 'materialized view';

type Relation = Pick<ExistingRelation, 'oid' | 'schema' | 'name' | 'kind'>;

/**
 * Properties of a relation that cannot move to its replacement: constraints, triggers, rules, policies, defaults,
 * statistics, publications, labels; for a view that replaces a table indexes, too. Objects that only depend on a
 * relation keep Postgres from dropping it, and are not listed.
 *
 * @returns Postgres's description of each.
 */
export async function unportable(
  client: PoolClient,
  relation: Relation,
  newKind: NewKind,
): Promise<string[]> {
  const rows = await queryRows<{ object: string }>(
    client,
    `select distinct pg_describe_object(d.classid, d.objid, d.objsubid) as object
    from pg_depend as d
    left join pg_class as c on d.classid = 'pg_class'::regclass and c.oid = d.objid
    left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    where
      d.refclassid = 'pg_class'::regclass and d.refobjid = $1
      and d.classid <> 'pg_type'::regclass
      and c.relkind is distinct from 't'
      and (c.relkind is distinct from 'i' or ($2 = 'view' and obj_description(c.oid, 'pg_class') is distinct from $3))
      -- A view's own query, and other views, which are made again or keep it from being dropped.
      and (r.oid is null or (r.rulename <> '_RETURN' and r.ev_class = $1))
    union
    select format('not-null constraint of column %I', attname)
    from pg_attribute
    where
      attrelid = $1 and attnum > 0 and attnotnull and not attisdropped
      -- Since Postgres 18 it is an object like others.
      and not exists (
        select from pg_constraint where conrelid = $1 and contype = 'n' and attnum = any (conkey)
      )
    union
    select 'inheritance from ' || inhparent::regclass from pg_inherits where inhrelid = $1
    union
    select 'row security of ' || pg_describe_object('pg_class'::regclass, oid, 0) from pg_class
    where oid = $1 and (relrowsecurity or relforcerowsecurity)
    union
    select format('security label %L', label) from pg_seclabel
    where classoid = 'pg_class'::regclass and objoid = $1
    order by object`,
    [relation.oid, newKind, declaredMark],
  );
  return rows.map((row) => row.object);
}

/**
 * Statements that restore the properties of a relation: grants, comments of columns, indexes and their settings,
 * storage, statistics targets.
 */
export async function properties(
  client: PoolClient,
  relation: Relation,
  newKind: NewKind,
): Promise<string[]> {
  const rows = await queryRows<{ statement: string }>(
    client,
    `with
      target as (
        select
          relacl, relowner, reloptions, reltablespace, relreplident, relpersistence, relkind,
          $2::text as name, $3::text as kind, relkind in ('r', 'm') and $3 <> 'view' as "isStored"
        from pg_class where oid = $1
      ),
      live_column as (
        select * from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped
      ),
      own_index as (
        select
          pg_index.*, relname as "indexName", format('%I.%I', nspname, relname) as index,
          indexrelid::bigint as place,
          obj_description(indexrelid, 'pg_class') as comment
        from pg_index
        join pg_class on pg_class.oid = indexrelid
        join pg_namespace on pg_namespace.oid = relnamespace
        cross join target
        where indrelid = $1 and "isStored"
      ),
      privilege as (
        select '' as columns, acl.* from target, aclexplode(relacl) as acl
        where acl.grantee <> relowner
        union all
        select format(' (%I)', attname), acl.* from live_column, aclexplode(attacl) as acl
      ),
      statement (step, place, statement) as (
        select 0, 0, format('alter %s %s set (%s)', kind, name, array_to_string(reloptions, ', '))
        from target where reloptions is not null and kind = $4
        union all
        select 0, 1, format('alter %s %s set tablespace %I', kind, name, spcname)
        from target join pg_tablespace on pg_tablespace.oid = reltablespace where "isStored"
        union all
        select 0, 2, format('alter table %s set unlogged', name) from target
        where "isStored" and relpersistence = 'u'
        union all
        select
          0,
          3,
          format(
            'alter %s %s alter column %I set %s', kind, name, attname,
            unnest(array_remove(array[
              case when attstattarget >= 0 then 'statistics ' || attstattarget end,
              '(' || array_to_string(attoptions, ', ') || ')',
              case when attstorage <> typstorage then 'storage ' || case attstorage
                when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end,
              case attcompression when 'p' then 'compression pglz' when 'l' then 'compression lz4' end
            ], null))
          )
        from live_column join pg_type on pg_type.oid = atttypid cross join target
        where "isStored"
        union all
        select 1, place, pg_get_indexdef(indexrelid) from own_index
        union all
        select 2, place, format('comment on index %s is %L', index, comment)
        from own_index where comment is not null
        union all
        select 2, place, format('alter %s %s cluster on %I', kind, target.name, "indexName")
        from own_index, target where indisclustered
        union all
        select
          2,
          0,
          format(
            'alter table %s replica identity %s', target.name,
            case relreplident when 'f' then 'full' when 'n' then 'nothing'
              else 'using index ' || (select quote_ident("indexName") from own_index where indisreplident) end
          )
        from target where "isStored" and relreplident in ('f', 'n', 'i') and relkind = 'r'
        union all
        select
          3,
          row_number() over (),
          format(
            'grant %s%s on %s to %s%s', privilege_type, columns, target.name,
            case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
            case when is_grantable then ' with grant option' else '' end
          )
        from privilege, target
        union all
        select 4, attnum, format('comment on column %s.%I is %L', name, attname, col_description($1, attnum))
        from live_column, target where col_description($1, attnum) is not null
        union all
        select 5, 0, format('alter %s %s owner to %I', kind, name, pg_get_userbyid(relowner))
        from target where pg_get_userbyid(relowner) <> current_user
      )
    select statement from statement
    where statement is not null
    order by step, place, statement`,
    [relation.oid, qualified(relation), newKind, relation.kind],
  );
  return rows.map((row) => row.statement);
}

/** Indexes and column settings go with a column, storage goes with its type. */
const goesWithColumn: readonly (string | undefined)[] = [
  sqlstate.undefinedColumn,
  sqlstate.featureNotSupported,
  sqlstate.undefinedTable,
  sqlstate.undefinedObject,
];

/** Applies statements of {@link properties} to the new relation of that name. */
export async function restoreProperties(
  log: StatementLog,
  relation: RelationName,
  statements: readonly string[],
): Promise<void> {
  // Default privileges may have granted what was revoked on the old one.
  const granted = await queryRows<{ grantee: string }>(
    log.client,
    `select distinct
      case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as grantee
    from pg_class, aclexplode(relacl) as acl
    where pg_class.oid = $1::regclass and grantee <> relowner`,
    [qualified(relation)],
  );
  for (const { grantee } of granted) {
    await log.run(`revoke all on ${qualified(relation)} from ${grantee}`);
  }
  for (const statement of statements) {
    await log.client.query('savepoint fitting');
    try {
      await log.run(statement);
    } catch (error) {
      if (!goesWithColumn.includes(sqlstateOf(error))) throw error;
      await log.client.query('rollback to savepoint fitting');
    }
  }
}
