import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { DaybookError } from '../../errors.js';
import { queryRows } from '../../warehouse/query-rows.js';
import { sqlstate, sqlstateOf } from '../../warehouse/sqlstate.js';
import { relationId } from '../models/model.js';
import { qualified, type ExistingRelation } from './relation.js';
import type { StatementLog } from './statement-log.js';

/** A view that depends on a relation, directly or through other views. */
interface DependentView extends Pick<ExistingRelation, 'oid' | 'schema' | 'name'> {
  readonly kind: 'view' | 'materialized view';
}

/** How long to wait for readers, in attempts of a second: while one waits, new readers queue behind. */
const lockAttempts = 60;

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
  await lockExclusively(log, existing);
  const obstacles = await unportable(log.client, existing);
  if (obstacles.length > 0) {
    throw dependent(existing, `${obstacles.join(', ')} would be lost`);
  }
  const views = await dependentViews(log.client, existing);
  const restore = await carriedOver(log.client, existing);
  const restoreViews: { view: DependentView; statements: string[] }[] = [];
  for (const view of views) {
    restoreViews.push({ view, statements: await viewStatements(log.client, view) });
  }

  for (const view of views.toReversed()) await log.run(`drop ${view.kind} ${qualified(view)}`);
  try {
    await log.run(`drop ${existing.kind} ${qualified(existing)}`);
  } catch (cause) {
    if (sqlstateOf(cause) !== sqlstate.dependentObjectsStillExist) throw cause;
    throw dependent(
      existing,
      (cause as { detail?: string }).detail ?? 'something depends on it',
      cause,
    );
  }
  await log.run(create);
  for (const statement of restore) await runIfItFits(log, statement);
  for (const { view, statements } of restoreViews) {
    await recreate(log, existing, view, statements, viewQueries.get(relationId(view)));
  }
}

/** Takes the lock in short attempts, so that readers who come meanwhile are not held up for long. */
async function lockExclusively(log: StatementLog, existing: ExistingRelation): Promise<void> {
  if (existing.kind === 'materialized view') return;
  for (let attempt = 1; ; attempt += 1) {
    await log.client.query('savepoint locking');
    try {
      await log.client.query(`set local lock_timeout = '1s'`);
      await log.client.query(`lock table ${qualified(existing)} in access exclusive mode`);
      await log.client.query('set local lock_timeout = 0');
      return;
    } catch (cause) {
      if (sqlstateOf(cause) !== sqlstate.lockNotAvailable) throw cause;
      await log.client.query('rollback to savepoint locking');
      if (attempt === lockAttempts) {
        throw new DaybookError(
          'MODEL_DEPENDENT',
          `${relationId(existing)} has new columns, but open transactions have been reading it for ${lockAttempts} attempts of a second`,
          { cause, hint: 'end these transactions (pg_stat_activity shows them) and run again' },
        );
      }
      await sleep(500);
    }
  }
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

/** Statements that give a new relation of the same name the grants, comments and indexes of the old. */
async function carriedOver(
  client: PoolClient,
  relation: Pick<ExistingRelation, 'oid' | 'schema' | 'name'>,
): Promise<string[]> {
  const rows = await queryRows<{ statement: string }>(
    client,
    `with
      target as (select oid, relacl, relowner, $2::text as name from pg_class where oid = $1),
      column_of as (
        select attname, attnum, attacl from pg_attribute
        where attrelid = $1 and attnum > 0 and not attisdropped
      ),
      privilege as (
        select '' as columns, acl.* from target, aclexplode(relacl) as acl
        where acl.grantee <> relowner
        union all
        select format(' (%I)', attname), acl.* from column_of, aclexplode(attacl) as acl
      ),
      statement (step, place, statement) as (
        select 1, indexrelid::bigint, pg_get_indexdef(indexrelid)
        from pg_index where indrelid = $1
        union all
        select 2, 0, format('revoke all on %s from public', name)
        from target where relacl is not null
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
        select 4, 0, format('comment on column %s.%I is %L', name, attname, col_description($1, attnum))
        from column_of, target where col_description($1, attnum) is not null
      )
    select statement from statement order by step, place, statement`,
    [relation.oid, qualified(relation)],
  );
  return rows.map((row) => row.statement);
}

/** Statements that make a view again as it is. */
async function viewStatements(client: PoolClient, view: DependentView): Promise<string[]> {
  const [made] = await queryRows<{ create: string; rest: string[] }>(
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
      ], null) as rest
    from pg_class as c
    where c.oid = $1`,
    [view.oid, qualified(view), view.kind],
  );
  if (made === undefined) return [];
  return [made.create, ...made.rest, ...(await carriedOver(client, view))];
}

/** An index or a column's grant or comment goes with its column. */
async function runIfItFits(log: StatementLog, statement: string): Promise<void> {
  await log.client.query('savepoint fitting');
  try {
    await log.run(statement);
  } catch (error) {
    if (sqlstateOf(error) !== sqlstate.undefinedColumn) throw error;
    await log.client.query('rollback to savepoint fitting');
  }
}

async function recreate(
  log: StatementLog,
  existing: ExistingRelation,
  view: DependentView,
  [create = '', ...rest]: string[],
  modelQuery: string | undefined,
): Promise<void> {
  const name = qualified(view);
  const attempts = [
    create,
    ...(modelQuery === undefined ? [] : [`create view ${name} as\n${modelQuery}`]),
  ];
  for (const [index, attempt] of attempts.entries()) {
    await log.client.query('savepoint recreating');
    try {
      await log.run(attempt);
      break;
    } catch (cause) {
      if (sqlstateOf(cause) === undefined) throw cause;
      await log.client.query('rollback to savepoint recreating');
      if (index + 1 < attempts.length) continue;
      throw dependent(
        existing,
        `${view.kind} ${relationId(view)} does not fit the new columns`,
        cause,
      );
    }
  }
  for (const statement of rest) await runIfItFits(log, statement);
}

function dependent(existing: ExistingRelation, what: string, cause?: unknown): DaybookError {
  return new DaybookError(
    'MODEL_DEPENDENT',
    `${relationId(existing)} cannot get its new columns: ${what}`,
    { cause, hint: 'change or drop what depends on it, then run again; nothing was changed' },
  );
}
