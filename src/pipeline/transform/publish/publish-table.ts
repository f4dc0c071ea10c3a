import { qualified, quote } from '../../../warehouse/query/sql-text.js';
import type { Model } from '../../definitions/model.js';
import { replaceRelation, type DependentModels } from './replace-relation.js';
import { findRelation, sameColumns, type RelationColumn } from './relation.js';
import type { StatementLog } from './statement-log.js';

/**
 * Publishes a table's candidate, `pg_temp.NAME`, in the transaction that built it.
 *
 * While the columns stay the same the rows are replaced inside the same table. Renaming another table
 * into its place, or pointing a view at it, is not safe under MVCC: a reader whose snapshot is older
 * (REPEATABLE READ, an exported snapshot) finds the new table empty. Rows that are deleted and
 * inserted are seen by each reader as of its own snapshot, and dependent views, grants and indexes
 * need no care. Equal rows are left alone.
 *
 * @param rows - How many rows the candidate has.
 * @returns Whether something was published.
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
 * Replaces those rows of a published table that fulfil a condition.
 *
 * @param condition - As SQL.
 * @param candidate - The new rows, with the same columns.
 * @param rows - How many these are.
 * @returns False if they are the same; then nothing is touched.
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
 * Whether two tables hold the same rows, each equally often. Rows are compared as text: exactly what
 * readers would see, for every type, also those that have no equality.
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
