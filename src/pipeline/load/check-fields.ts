// Check that a JSON file has the declared fields.

import type { PoolClient } from 'pg';
import { quote } from '../../warehouse/query/sql-text.js';
import type { LineShapes } from '../extract/event/line-shapes.js';
import { missingFields } from '../extract/event/missing-fields.js';
import type { Source } from '../definitions/source.js';
import { sourceTableSql } from './ensure-table.js';

/**
 * Checks the fields of a JSON file's lines, after its rows are in the table: a column whose field no line has is
 * null in each of them. Where other files gave it values, the declaration is right and the file lacks the field.
 *
 * @param path - Of the file, for the message.
 * @throws DaybookError `DATA_SHAPE`.
 */
export async function checkFields(
  client: PoolClient,
  source: Source,
  { absent, fields }: LineShapes,
  path: string,
): Promise<void> {
  const suspects = source.columns.filter(
    ({ name, mayBeAbsent }) => absent.includes(name) && mayBeAbsent !== true,
  );
  if (suspects.length === 0) return;
  const asked = suspects.map(
    ({ name }) => `exists (select from ${sourceTableSql(source)} where ${quote(name)} is not null)`,
  );
  const { rows } = await client.query<{ known: boolean[] }>(
    `select array[${asked.join(', ')}] as known`,
  );
  const missing = suspects.filter((_, index) => rows[0]?.known[index] !== true);
  if (missing.length === 0) return;
  const declared = source.columns
    .filter(({ name }) => !absent.includes(name))
    .map(({ from }) => String(from[0]));
  const present = new Set([...declared, ...fields.map(({ name }) => name)]);
  throw missingFields({
    what: 'none of its lines has',
    have: 'they have',
    missing: missing.map(({ from }) => from),
    present: [...present],
    source,
    path,
    advice: 'may_be_absent: true for a column that not every file has',
  });
}
