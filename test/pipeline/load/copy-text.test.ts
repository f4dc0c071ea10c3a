import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CopyText } from '../../../src/pipeline/load/copy-text.js';

/** Reads COPY's text format as Postgres documents it (COPY, File Formats, Text Format). */
function readCopyText(text: string): (string | null)[][] {
  const unescape = (field: string): string | null =>
    field === '\\N'
      ? null
      : field.replace(
          /\\(.)/gs,
          (_, letter: string) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? letter,
        );
  // Inside a value these three never stand unescaped.
  return text
    .split('\n')
    .slice(0, -1)
    .map((row) => row.split('\t').map(unescape));
}

const value = fc.option(
  fc
    .array(fc.constantFrom('\\', '\t', '\n', '\r', '.', 'N', 'a', 'é', '😀', '"', ''), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

describe('CopyText', () => {
  test('every value comes back, and no value can end a row or the data', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { maxLength: 6 }),
        (rows) => {
          // A small start, so that it has to grow.
          const copy = new CopyText(1);
          for (const row of rows) {
            for (const field of row) copy.field(field);
            copy.endRow();
          }
          const text = copy.bytes.toString();
          expect(readCopyText(text)).toEqual(rows);
          expect(text).not.toMatch(/^\\\.$/m);
          expect(copy.rows).toBe(rows.length);
        },
      ),
    );
  });

  test('whole numbers are written as they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.maxSafeNat(),
          fc.nat(2000),
          fc.constantFrom(0, 9, 10, 99, 100, Number.MAX_SAFE_INTEGER),
        ),
        (number) => {
          const copy = new CopyText(1);
          copy.integer(number);
          copy.integer(number);
          copy.endRow();
          expect(copy.bytes.toString()).toBe(`${number}\t${number}\n`);
        },
      ),
    );
  });

  test('slices, objects of members and bytes', () => {
    const bytes = Buffer.from('x"a\\n": 1,y');
    const copy = new CopyText(1);
    copy.slice({ bytes, start: 0, end: 1 });
    copy.jsonObject([
      { bytes, start: 1, end: 9 },
      { bytes, start: 1, end: 9 },
    ]);
    copy.jsonObject([]);
    copy.bytea(Buffer.from([0, 255, 10]));
    copy.endRow();
    expect(copy.bytes.toString()).toBe('x\t{"a\\\\n": 1,"a\\\\n": 1}\t{}\t\\\\x00ff0a\n');
  });
});
