// Dropping of relations whose models are gone.

import type { Pool } from 'pg';
import { qualified } from '../../../warehouse/query/sql-text.js';
import { sqlstate, sqlstateOf } from '../../../warehouse/query/sqlstate.js';
import { lockByName, withTransaction } from '../../../warehouse/query/transaction.js';
import type { Model } from '../../definitions/model.js';
import { readOtherModels, removeModelState } from '../../../history/models/model-states.js';
import { findRelation } from './relation.js';

/**
 * Drops the relations of models whose files are gone. Only published models are dropped, so tables made by hand
 * stay, and so does what others depend on.
 *
 * @returns `schema.name` of the dropped and of the kept ones.
 */
export async function dropRetiredModels(
  pool: Pool,
  models: readonly Model[],
): Promise<{ dropped: string[]; kept: string[] }> {
  const dropped: string[] = [];
  let kept = await readOtherModels(
    pool,
    models.map((model) => model.id),
  );
  // Relations may depend on each other, so those that could not be dropped are tried again.
  for (let before = kept.length + 1; kept.length < before;) {
    before = kept.length;
    const stuck: string[] = [];
    for (const id of kept) ((await dropOne(pool, id)) ? dropped : stuck).push(id);
    kept = stuck;
  }
  return { dropped, kept };
}

/** @returns False when something depends on it. */
async function dropOne(pool: Pool, id: string): Promise<boolean> {
  const [schema = '', name = ''] = id.split('.');
  try {
    await withTransaction(pool, async (client) => {
      await lockByName(client, 'model', id);
      const found = await findRelation(client, { schema, name });
      const state = await removeModelState(client, id);
      // A concurrent run may have dropped it, and somebody made one by hand since.
      if (state === undefined) return;
      const published = state.relation ?? found?.oid;
      if (found !== undefined && found.oid === published) {
        await client.query(`drop ${found.kind} ${qualified(found)}`);
      }
    });
    return true;
  } catch (error) {
    if (sqlstateOf(error) === sqlstate.dependentObjectsStillExist) return false;
    throw error;
  }
}
