// The number on a card of rows: its measure over the chosen rows.

import type { Value } from '../figure/values.js';
import { addUp } from './add-up.js';
import type { CardGrammar } from './grammar.js';
import type { Rows } from './rows.js';

/**
 * Adds up the chosen rows.
 *
 * @param chosen - 1 for each row that counts; undefined: all do.
 * @returns Null where there is nothing to add up.
 */
export function cardOfRows(rows: Rows, { measure }: CardGrammar, chosen?: Uint8Array): Value {
  const groups = Int32Array.from({ length: rows.count }, (_, row) =>
    chosen?.[row] === 0 ? -1 : 0,
  );
  const [value] = addUp(rows, measure, groups, 1);
  return value ?? null;
}
