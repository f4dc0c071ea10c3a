// Replacement of a relation whose columns or kind change, with its dependent views.

import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { DaybookError } from '../../../errors.js';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import { qualified } from '../../../warehouse/query/sql-text.js';
import { sqlstate, sqlstateOf } from '../../../warehouse/query/sqlstate.js';
import { moveModelState } from '../../../history/models/model-states.js';
import { relationId } from '../../definitions/model.js';
import type { ExistingRelation } from './relation.js';
import { properties, restoreProperties, unportable, type NewKind } from './relation-properties.js';
import type { StatementLog } from './statement-log.js';

/** A view that depends on a relation, directly or through other views. */
interface DependentView extends Pick<ExistingRelation, 'oid' | 'schema' | 'name'> {
  readonly kind: 'view' | 'materialized view';
}

/** The definition of a view to recreate. */
interface ViewDefinition {
  readonly view: DependentView;
  readonly create: string;
  readonly restore: readonly string[];
}

/** The project's models, as far as they may be views on the replaced relation. */
export interface DependentModels {
  /**
   * Queries of models that are views, by `schema.name`: a dependent view that does not fit the new columns is
   * recreated from its current model.
   */
  readonly viewQueries: ReadonlyMap<string, string>;
  /** Published models that are gone from the project: their views need not fit. */
  readonly retired: ReadonlySet<string>;
}

/**
 * The lock timeout of an attempt, in milliseconds. Below Postgres's deadlock_timeout (1 s), so that a deadlock
 * never cancels a reader.
 */
const lockTimeoutMs = 300;
/** The number of attempts: about a minute. */
const lockAttempts = 100;

/**
 * Replaces a relation by one with other columns or of another kind, in one transaction: dependent views are
 * dropped and recreated, and grants, comments, indexes and settings are carried over, so that readers see either
 * the old state or the new one.
 * Readers with an older snapshot that have not touched the relation yet will see no rows of it: so it is done only
 * when columns change.
 *
 * @param newKind - The kind of the new relation.
 * @param query - Its definition, as SQL after `as`.
 * @throws DaybookError `MODEL_DEPENDENT` naming what cannot be carried over; nothing has changed then.
 */
export async function replaceRelation(
  log: StatementLog,
  existing: ExistingRelation,
  { newKind, query }: { newKind: NewKind; query: string },
  dependents: DependentModels,
): Promise<void> {
  const { restore, views } = await dropWithRetries(log, existing, newKind);
  await log.run(`create ${newKind} ${qualified(existing)} as\n${query}`);
  await restoreProperties(log, existing, restore);
  for (const definition of views) await recreate(log, existing, definition, dependents);
}

/**
 * Drops the relation and its views in short attempts: while an attempt waits for a reader, other readers queue
 * behind it, so it soon gives way to them and tries again.
 */
async function dropWithRetries(log: StatementLog, existing: ExistingRelation, newKind: NewKind) {
  const { client } = log;
  const before = log.length;
  for (let attempt = 1; ; attempt += 1) {
    await client.query('savepoint dropping');
    try {
      await client.query(`set local lock_timeout = ${lockTimeoutMs}`);
      const dropped = await drop(log, existing, newKind);
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

/** One attempt. Views go first: a reader of a view locks it before the relations that it reads. */
async function drop(log: StatementLog, existing: ExistingRelation, newKind: NewKind) {
  const dependents = await dependentViews(log.client, existing);
  const obstacles = await unportable(log.client, existing, newKind);
  for (const view of dependents) obstacles.push(...(await unportable(log.client, view, view.kind)));
  if (obstacles.length > 0) throw dependent(existing, `${obstacles.join(', ')} would be lost`);
  const restore = await properties(log.client, existing, newKind);
  const views: ViewDefinition[] = [];
  for (const view of dependents) views.push(await viewDefinition(log.client, view));
  try {
    for (const { view } of views.toReversed()) {
      await log.run(`drop ${view.kind} ${qualified(view)}`);
    }
    await log.run(`drop ${existing.kind} ${qualified(existing)}`);
  } catch (cause) {
    if (sqlstateOf(cause) !== sqlstate.dependentObjectsStillExist) throw cause;
    const { detail = 'something depends on it' } = cause as { detail?: string };
    throw dependent(existing, detail, cause);
  }
  return { restore, views };
}

/** Views on a relation, in topological order. */
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

/** The statements that recreate a view. */
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
          format('comment on %s %s is %L', $3::text, $2::text, obj_description(c.oid, 'pg_class'))
      ], null) as restore
    from pg_class as c
    where c.oid = $1`,
    [view.oid, qualified(view), view.kind],
  );
  const { create = '', restore = [] } = made ?? {};
  return { view, create, restore: [...restore, ...(await properties(client, view, view.kind))] };
}

async function recreate(
  log: StatementLog,
  existing: ExistingRelation,
  { view, create, restore }: ViewDefinition,
  { viewQueries, retired }: DependentModels,
): Promise<void> {
  const id = relationId(view);
  await log.client.query('savepoint recreating');
  try {
    await log.run(create);
  } catch (cause) {
    if (sqlstateOf(cause) === undefined) throw cause;
    await log.client.query('rollback to savepoint recreating');
    const misfit = dependent(existing, `${view.kind} ${id} does not fit the new columns`, cause);
    // The run drops it in any case.
    if (retired.has(id)) return;
    const modelQuery = viewQueries.get(id);
    if (modelQuery === undefined) throw misfit;
    await log.run(`create view ${qualified(view)} as\n${modelQuery}`).catch(() => {
      throw misfit;
    });
  }
  await restoreProperties(log, view, restore);
  // It is still the published model of its name.
  await moveModelState(log.client, id, view.oid, qualified(view));
}

function dependent(existing: ExistingRelation, what: string, cause?: unknown): DaybookError {
  return new DaybookError(
    'MODEL_DEPENDENT',
    `${relationId(existing)} cannot get its new columns: ${what}`,
    { cause, hint: 'change or drop what depends on it, then run again; nothing was changed' },
  );
}
