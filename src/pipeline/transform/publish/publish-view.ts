// Publication of a view.

import { queryRows } from '../../../warehouse/query/query-rows.js';
import { qualified } from '../../../warehouse/query/sql-text.js';
import type { Model, RelationName } from '../../definitions/model.js';
import { replaceRelation, type DependentModels } from './replace-relation.js';
import { findRelation, sameColumns, type RelationColumn } from './relation.js';
import type { StatementLog } from './statement-log.js';

/**
 * Publishes a view whose candidate, `pg_temp.NAME`, passed its tests.
 *
 * @returns Whether anything was published.
 */
export async function publishView(
  log: StatementLog,
  model: Model,
  columns: readonly RelationColumn[],
  dependents: DependentModels,
): Promise<boolean> {
  const published = await findRelation(log.client, model);
  const target = qualified(model);
  if (published === undefined) {
    await log.run(`create view ${target} as\n${model.query.sql}`);
    return true;
  }
  if (published.kind === 'view') {
    const candidate = await definition(log, { schema: 'pg_temp', name: model.name });
    if (candidate === (await definition(log, model))) return false;
    // Postgres can append columns to a view without touching its dependents.
    const kept = columns.slice(0, published.columns.length);
    if (sameColumns(published.columns, kept)) {
      await log.run(`create or replace view ${target} as\n${model.query.sql}`);
      return true;
    }
  }
  await replaceRelation(log, published, { newKind: 'view', query: model.query.sql }, dependents);
  return true;
}

/** A view's query as Postgres deparses it: equal text for equal meaning. */
async function definition(log: StatementLog, view: RelationName): Promise<string | undefined> {
  const [row] = await queryRows<{ definition: string }>(
    log.client,
    'select pg_get_viewdef($1::regclass) as definition',
    [qualified(view)],
  );
  return row?.definition;
}
