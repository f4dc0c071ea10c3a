// Comments and indexes of published relations.

import { createHash } from 'node:crypto';
import { queryRows } from '../../../warehouse/query/query-rows.js';
import { literal, qualified, quote } from '../../../warehouse/query/sql-text.js';
import type { Model } from '../../definitions/model.js';
import type { StatementLog } from './statement-log.js';

/** The comment of declared indexes, which distinguishes them from those made by hand. */
export const declaredMark = 'Declared in the header of its model';

/**
 * Sets descriptions as comments of the published relation and its columns, creates declared indexes, and drops
 * those that are declared no more. What is right is left alone.
 */
export async function applyMetadata(log: StatementLog, model: Model): Promise<void> {
  const target = qualified(model);
  const comments = await currentComments(log, target);
  const describe = async (name: string, on: string, text: string | undefined): Promise<void> => {
    const wanted = text?.trim() ?? null;
    if ((comments.get(name) ?? null) === wanted) return;
    await log.run(`comment on ${on} is ${wanted === null ? 'null' : literal(wanted)}`);
  };
  await describe('', `${model.materialized} ${target}`, model.description);
  for (const column of model.columns) {
    await describe(column.name, `column ${target}.${quote(column.name)}`, column.description);
  }
  if (model.materialized === 'table') await applyIndexes(log, model);
}

/** Comments by column; the relation's under the empty name. */
async function currentComments(log: StatementLog, target: string): Promise<Map<string, string>> {
  const rows = await queryRows<{ name: string; comment: string }>(
    log.client,
    `select coalesce(attname, '') as name, description as comment
    from pg_description
    left join pg_attribute on attrelid = objoid and attnum = objsubid and attnum > 0
    where classoid = 'pg_class'::regclass and objoid = $1::regclass`,
    [target],
  );
  return new Map(rows.map(({ name, comment }) => [name, comment]));
}

async function applyIndexes(log: StatementLog, model: Model): Promise<void> {
  const rows = await queryRows<{ name: string; comment: string | null }>(
    log.client,
    `select c.relname as name, obj_description(c.oid, 'pg_class') as comment
    from pg_index join pg_class as c on c.oid = indexrelid
    where indrelid = $1::regclass`,
    [qualified(model)],
  );
  const wanted = new Map(model.indexes.map((columns) => [indexName(model, columns), columns]));
  for (const { name, comment } of rows) {
    if (!wanted.delete(name) && comment === declaredMark) {
      await log.run(`drop index ${qualified({ schema: model.schema, name })}`);
    }
  }
  for (const [name, columns] of wanted) {
    const list = columns.map(quote).join(', ');
    await log.run(`create index ${quote(name)} on ${qualified(model)} (${list})`);
    const index = qualified({ schema: model.schema, name });
    await log.run(`comment on index ${index} is ${literal(declaredMark)}`);
  }
}

/** Postgres cuts names at 63 bytes; a digest keeps long ones unique. */
function indexName(model: Model, columns: readonly string[]): string {
  const name = [model.name, ...columns, 'idx'].join('_');
  if (name.length <= 63) return name;
  return `${name.slice(0, 52)}_${createHash('sha256').update(name).digest('hex').slice(0, 10)}`;
}
