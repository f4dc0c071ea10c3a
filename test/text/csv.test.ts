import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsv } from '../../src/text/csv.js';

/** RFC 4180 as it is written: fields between commas, quoted ones whole. */
function parse(csv: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (const [, quoted, plain = '', end] of csv.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    row.push(quoted === undefined ? (plain === '' ? null : plain) : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

test('every row is read again as it was, and null is not an empty text', () => {
  const field = fc.option(
    fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('"', ',', '\r', '\n', 'a')).map((parts) => parts.join('')),
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 1 })), (rows) => {
      expect(parse(formatCsv(rows))).toEqual(rows);
    }),
  );
});
