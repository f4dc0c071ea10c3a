import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRecordEnd, parseRecord } from '../../../../src/pipeline/extract/text/csv-record.js';
import { readRecords } from '../../../../src/pipeline/extract/lines/read-blocks.js';

const format = { delimiter: ',', nulls: [''] };
const recordEnd = createRecordEnd(format);

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  await Promise.resolve();
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** The records of a file that arrives in chunks, each with its place. */
async function records(bytes: Buffer, sizes: readonly number[] = [bytes.length]) {
  const found: { at: number; text: string }[] = [];
  for await (const block of readRecords(cut(bytes, sizes), recordEnd)) {
    if (block.kind !== 'lines') throw new Error('overlong');
    let from = 0;
    for (const end of block.ends ?? []) {
      found.push({ at: block.byteOffset + from, text: block.bytes.toString('utf8', from, end) });
      from = end;
    }
  }
  return found;
}

const field = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\u0000')),
  fc.constantFrom('', '"', ',', '\n', '\r\n', 'a"b', '""', '\\N', 'é', '😀'),
);
const written = (value: string | null) =>
  value === null ? '' : `"${value.replaceAll('"', '""')}"`;

describe('records of a CSV', () => {
  test('whatever the fields hold and however the bytes arrive, they come back', async () => {
    const table = fc.array(fc.array(fc.option(field), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
    const end = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(table, sizes, end, fc.boolean(), async (rows, parts, lineEnd, isOpen) => {
        const lines = rows.map((row) => row.map(written).join(','));
        const bytes = Buffer.from(lines.join(lineEnd) + (isOpen ? '' : lineEnd));
        const found = await records(bytes, parts);
        // A last line of one null is nothing at all.
        const wanted = isOpen && lines.at(-1) === '' ? rows.slice(0, -1) : rows;
        expect(found.map(({ text }) => parseRecord(text.replace(/\r?\n$/, ''), format))).toEqual(
          wanted,
        );
      }),
    );
  });

  test('whatever the bytes are, records do not depend on the chunks, and together are the file', async () => {
    const text = fc
      .array(fc.constantFrom('"', '""', ',', '\n', '\r', '\r\n', 'a', 'é', '\ufeff'), {
        maxLength: 40,
      })
      .map((parts) => Buffer.from(parts.join('')));
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(text, sizes, async (bytes, parts) => {
        const found = await records(bytes, parts);
        expect(found).toEqual(await records(bytes));
        // Only at the very beginning a mark is one, wherever chunks begin.
        const content = bytes.toString().replace(/^\ufeff/, '');
        expect(found.map((record) => record.text).join('')).toBe(content);
      }),
      { numRuns: 500 },
    );
  });

  test('a quote that is never closed costs one line', async () => {
    const bytes = Buffer.from('1,"open\n2,b\n3,"c"x\n4,"d\nd"\n5,"e\n');
    expect((await records(bytes)).map(({ text }) => text)).toEqual([
      '1,"open\n',
      '2,b\n',
      '3,"c"x\n',
      '4,"d\nd"\n',
      '5,"e\n',
    ]);
    expect(parseRecord('1,"open', format)).toMatchObject({ reason: 'invalid_csv' });
    expect(parseRecord('3,"c"x', format)).toMatchObject({ reason: 'invalid_csv' });
  });
});
