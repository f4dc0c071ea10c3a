import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { queryRows } from '../../warehouse/query-rows.js';
import { qualified } from '../../warehouse/sql-text.js';
import { sqlstate, sqlstateOf } from '../../warehouse/sqlstate.js';
import { relationId, type RelationName } from '../models/model.js';
import type { ExistingRelation } from './relation.js';
import type { StatementLog } from './statement-log.js';

/** A view that depends on a relation, directly or through other views. */
interface DependentView extends Pick<ExistingRelation, 'oid' | 'schema' | 'name'> {
  readonly kind: 'view' | 'materialized view';
}

/** What is needed to make a view again. */
interface ViewDefinition {
  readonly view: DependentView;
  readonly create: string;
  readonly restore: readonly string[];
}

/**
 * How long one attempt waits for readers to let go, in milliseconds. Less than Postgres's
 * deadlock_timeout (1 s), so that it is never a reader who is cancelled for a deadlock with us.
 */
const lockTimeoutMs = 300;
/** How long to go on trying: about a minute. */
const lockAttempts = 100;

/**
 * Replaces a relation by one of the same name whose columns or kind differ, in one transaction:
 * views that depend on it are dropped and re-created, and grants, comments and indexes are carried
 * over, so that readers find either the old state or the new one.
 *
 * Readers that hold an older snapshot but have not touched the relation yet will find a relation
 * they cannot see rows of: that is why it is done only when columns change.
 *
 * @param create - The statement that makes the new relation.
 * @param viewQueries - Queries of models that are views, by `schema.name`: a dependent view that does
 *   not fit the new columns is re-created from its model as it is now.
 * @throws DaybookError `MODEL_DEPENDENT` naming what cannot be carried over; nothing has changed then.
 */
export async function replaceRelation(
  log: StatementLog,
  existing: ExistingRelation,
  create: string,
  viewQueries: ReadonlyMap<string, string>,
): Promise<void> {
  const { restore, views } = await dropPatiently(log, existing);
  await log.run(create);
  await restoreProperties(log, existing, restore);
  for (const definition of views) {
    await recreate(log, existing, definition, viewQueries.get(relationId(definition.view)));
  }
}

/**
 * Drops the relation and the views on it in short attempts: while one attempt waits for a reader,
 * other readers queue behind it, so it soon gives way to them and tries again.
 */
async function dropPatiently(log: StatementLog, existing: ExistingRelation) {
  const { client } = log;
  const before = log.length;
  for (let attempt = 1; ; attempt += 1) {
    await client.query('savepoint dropping');
    try {
      await client.query(`set local lock_timeout = ${lockTimeoutMs}`);
      const dropped = await drop(log, existing);
      await client.query('set local lock_timeout = 0');
      return dropped;
    } catch (cause) {
      const state = sqlstateOf(cause);
      if (state !== sqlstate.lockNotAvailable && state !== sqlstate.deadlockDetected) throw cause;
      await client.query('rollback to savepoint dropping');
      log.forgetSince(before);
      if (attempt < lockAttempts) {
        await sleep(lockTimeoutMs, undefined, { signal: log.signal });
        continue;
      }
      throw new DaybookError(
        'MODEL_DEPENDENT',
        `${relationId(existing)} has new columns, but an open transaction that read it does not end`,
        { cause, hint: 'end that transaction (pg_stat_activity shows it) and run again' },
      );
    }
  }
}

/** One attempt. Views go first: whoever reads a view locks it before what it is made of. */
async function drop(log: StatementLog, existing: ExistingRelation) {
  const obstacles = await unportable(log.client, existing);
  if (obstacles.length > 0) throw dependent(existing, `${obstacles.join(', ')} would be lost`);
  const restore = await properties(log.client, existing);
  const views: ViewDefinition[] = [];
  for (const view of await dependentViews(log.client, existing)) {
    views.push(await viewDefinition(log.client, view));
  }
  for (const { view } of views.toReversed()) await log.run(`drop ${view.kind} ${qualified(view)}`);
  try {
    await log.run(`drop ${existing.kind} ${qualified(existing)}`);
  } catch (cause) {
    if (sqlstateOf(cause) !== sqlstate.dependentObjectsStillExist) throw cause;
    const { detail = 'something depends on it' } = cause as { detail?: string };
    throw dependent(existing, detail, cause);
  }
  return { restore, views };
}

/** Views on a relation, each after those that it depends on. */
async function dependentViews(
  client: PoolClient,
  relation: ExistingRelation,
): Promise<DependentView[]> {
  return queryRows<{ oid: number; schema: string; name: string; kind: DependentView['kind'] }>(
    client,
    `with recursive
      dependent (oid, depth) as (
        select $1::oid, 0
        union all
        select distinct rule.ev_class, dependent.depth + 1
        from dependent
        join pg_depend as d
          on d.refclassid = 'pg_class'::regclass and d.refobjid = dependent.oid
          and d.classid = 'pg_rewrite'::regclass
        join pg_rewrite as rule on rule.oid = d.objid and rule.ev_class <> dependent.oid
      )
    select
      c.oid,
      n.nspname as schema,
      c.relname as name,
      case c.relkind when 'm' then 'materialized view' else 'view' end as kind
    from (select oid, max(depth) as depth from dependent where depth > 0 group by oid) as found
    join pg_class as c on c.oid = found.oid
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm')
    order by found.depth, c.oid`,
    [relation.oid],
  );
}

/** What hangs on a relation and cannot be put on another one: constraints, triggers, policies. */
async function unportable(client: PoolClient, relation: ExistingRelation): Promise<string[]> {
  const rows = await queryRows<{ object: string }>(
    client,
    `select distinct pg_describe_object(d.classid, d.objid, d.objsubid) as object
    from pg_depend as d
    left join pg_class as c on d.classid = 'pg_class'::regclass and c.oid = d.objid
    left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    where
      d.refclassid = 'pg_class'::regclass and d.refobjid = $1
      and d.classid <> 'pg_type'::regclass
      and c.relkind is distinct from 'i' and c.relkind is distinct from 't'
      and (r.oid is null or (r.rulename <> '_RETURN' and r.ev_class = $1))
    order by object`,
    [relation.oid],
  );
  return rows.map((row) => row.object);
}

/** Statements that give a relation the grants, comments of columns and indexes that it has now. */
async function properties(
  client: PoolClient,
  relation: Pick<ExistingRelation, 'oid' | 'schema' | 'name'>,
): Promise<string[]> {
  const rows = await queryRows<{ statement: string }>(
    client,
    `with
      target as (select oid, relacl, relowner, $2::text as name from pg_class where oid = $1),
      live_column as (
        select attname, attnum, attacl from pg_attribute
        where attrelid = $1 and attnum > 0 and not attisdropped
      ),
      privilege as (
        select '' as columns, acl.* from target, aclexplode(relacl) as acl
        where acl.grantee <> relowner
        union all
        select format(' (%I)', attname), acl.* from live_column, aclexplode(attacl) as acl
      ),
      statement (step, place, statement) as (
        select 1, indexrelid::bigint, pg_get_indexdef(indexrelid)
        from pg_index where indrelid = $1
        union all
        select
          2,
          row_number() over (),
          format(
            'grant %s%s on %s to %s%s', privilege_type, columns, target.name,
            case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
            case when is_grantable then ' with grant option' else '' end
          )
        from privilege, target
        union all
        select 3, attnum, format('comment on column %s.%I is %L', name, attname, col_description($1, attnum))
        from live_column, target where col_description($1, attnum) is not null
      )
    select statement from statement order by step, place, statement`,
    [relation.oid, qualified(relation)],
  );
  return rows.map((row) => row.statement);
}

/** What makes a view again as it is. */
async function viewDefinition(client: PoolClient, view: DependentView): Promise<ViewDefinition> {
  const [made] = await queryRows<{ create: string; restore: string[] }>(
    client,
    `select
      format(
        'create %s %s%s as %s', $3::text, $2::text,
        ' with (' || array_to_string(c.reloptions, ', ') || ')',
        rtrim(pg_get_viewdef(c.oid), ';')
      ) || case when c.relkind = 'm' and not c.relispopulated then ' with no data' else '' end as create,
      array_remove(array[
        format('alter %s %s owner to %I', $3::text, $2::text, pg_get_userbyid(c.relowner)),
        format('comment on %s %s is %L', $3::text, $2::text, obj_description(c.oid, 'pg_class'))
      ], null) as restore
    from pg_class as c
    where c.oid = $1`,
    [view.oid, qualified(view), view.kind],
  );
  const { create = '', restore = [] } = made ?? {};
  return { view, create, restore: [...restore, ...(await properties(client, view))] };
}

/** Puts statements of {@link properties} into force on the new relation of that name. */
async function restoreProperties(
  log: StatementLog,
  relation: RelationName,
  statements: readonly string[],
): Promise<void> {
  // Default privileges may have granted what was revoked from the old one.
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
      // An index, or a column's grant or comment, goes with its column.
      if (sqlstateOf(error) !== sqlstate.undefinedColumn) throw error;
      await log.client.query('rollback to savepoint fitting');
    }
  }
}

async function recreate(
  log: StatementLog,
  existing: ExistingRelation,
  { view, create, restore }: ViewDefinition,
  modelQuery: string | undefined,
): Promise<void> {
  await log.client.query('savepoint recreating');
  try {
    await log.run(create);
  } catch (cause) {
    if (sqlstateOf(cause) === undefined) throw cause;
    await log.client.query('rollback to savepoint recreating');
    const misfit = dependent(
      existing,
      `${view.kind} ${relationId(view)} does not fit the new columns`,
      cause,
    );
    if (modelQuery === undefined) throw misfit;
    await log.run(`create view ${qualified(view)} as\n${modelQuery}`).catch(() => {
      throw misfit;
    });
  }
  await restoreProperties(log, view, restore);
}

function dependent(existing: ExistingRelation, what: string, cause?: unknown): DaybookError {
  return new DaybookError(
    'MODEL_DEPENDENT',
    `${relationId(existing)} cannot get its new columns: ${what}`,
    { cause, hint: 'change or drop what depends on it, then run again; nothing was changed' },
  );
}
