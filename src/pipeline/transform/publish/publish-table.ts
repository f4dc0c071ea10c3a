// Publication of a table.

import { qualified, quote } from '../../../warehouse/query/sql-text.js';
import type { Model } from '../../definitions/model.js';
import { replaceRelation, type DependentModels } from './replace-relation.js';
import { findRelation, sameColumns, type RelationColumn } from './relation.js';
import type { StatementLog } from './statement-log.js';

/**
 * Publishes a table's candidate, `pg_temp.NAME`, in the transaction that built it.
 * While the columns stay the same the rows are replaced inside the same table. Renaming another table into its
 * place, or redirecting a view, is not safe under MVCC: a reader with an older snapshot (REPEATABLE READ, an
 * exported snapshot) finds the new table empty. Deleted and inserted rows are visible by each reader's own
 * snapshot, and dependent views, grants and indexes stay. Equal rows are left alone.
 *
 * @param rows - The rows of the candidate.
 * @returns Whether anything was published.
 */
export async function publishTable(
  log: StatementLog,
  model: Model,
  columns: readonly RelationColumn[],
  rows: number,
  dependents: DependentModels,
): Promise<boolean> {
  const target = qualified(model);
  const candidate = `pg_temp.${quote(model.name)}`;
  const published = await findRelation(log.client, model);
  if (published === undefined) {
    await log.run(`create table ${target} as table ${candidate}`);
  } else if (published.kind === 'table' && sameColumns(published.columns, columns)) {
    if (!(await replaceRows(log, target, 'true', candidate, rows))) return false;
  } else {
    const table = { newKind: 'table', query: `table ${candidate}` } as const;
    await replaceRelation(log, published, table, dependents);
  }
  await log.run(`analyze ${target}`);
  return true;
}

/**
 * Replaces the rows of a published table that meet a condition.
 *
 * @param condition - As SQL.
 * @param candidate - The new rows, with the same columns.
 * @param rows - Their number.
 * @returns False if they are equal; then nothing is touched.
 */
export async function replaceRows(
  log: StatementLog,
  target: string,
  condition: string,
  candidate: string,
  rows: number,
): Promise<boolean> {
  const old = `(select * from ${target} where ${condition})`;
  if (await hasSameRows(log, condition === 'true' ? target : old, candidate, rows)) return false;
  await log.run(`delete from ${target} where ${condition}`);
  await log.run(`insert into ${target} table ${candidate}`);
  return true;
}

/**
 * Whether two tables contain the same rows, each equally often. Rows are compared as text: what readers see, for
 * every type, also those without equality.
 */
async function hasSameRows(
  log: StatementLog,
  published: string,
  candidate: string,
  rows: number,
): Promise<boolean> {
  const { rows: counted } = await log.run<{ count: bigint }>(
    `select count(*) from ${published} as published`,
  );
  if (counted[0]?.count !== BigInt(rows)) return false;
  const { rows: found } = await log.run<{ differs: boolean }>(
    `select exists (
  select (candidate.*)::text collate "C" from ${candidate} as candidate
  except all
  select (published.*)::text collate "C" from ${published} as published
) as differs`,
  );
  return found[0]?.differs === false;
}
