import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createScanner } from '../../../src/pipeline/extract/scan-object.js';
import { ObjectLayouts } from '../../../src/pipeline/extract/object-layouts.js';

type Scan = ReturnType<typeof createScanner>;

/** What a scanner says of a line in the middle of a block. */
function result(scan: Scan, line: Buffer): unknown {
  const block = Buffer.concat([Buffer.from('x'), line, Buffer.from('"}\n')]);
  const found = scan(block, 1, 1 + line.length);
  return Array.isArray(found) ? found.map((member) => ({ ...member })) : found;
}

const value = fc.oneof(
  fc.constantFrom('"web login"', '""', '"\\u00e9"', '"é"', '"a\\"b"', '"\u0001"', '"unfinished'),
  fc.constantFrom(
    '0',
    '-1',
    '10803',
    '01',
    '-',
    '1.50',
    '1.',
    '.5',
    '1e3',
    '123456789012345678901',
  ),
  fc.constantFrom('true', 'false', 'null', 'nul', 'tru', 'truetrue', '{"a":1}', '[1, 2]', '[', ''),
  fc.integer().map(String),
  fc.json({ maxDepth: 1 }),
);
const key = fc.constantFrom('date', 'a', 'b', '', 'd\\u0061te', 'é');
const line = fc
  .tuple(
    fc.array(fc.tuple(key, value), { maxLength: 3 }),
    fc.constantFrom('": ', '":', '" :'),
    fc.constantFrom(', ', ','),
    fc.constantFrom('}', '}\r', ' }', '', '}x', '} '),
  )
  .map(([members, colon, comma, end]) =>
    Buffer.from(`{${members.map(([k, v]) => `"${k}${colon}${v}`).join(comma)}${end}`),
  );
/** A line with one byte changed, left out or put in. */
const damaged = fc
  .tuple(line, fc.nat(60), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1))
  .map(([bytes, at, byte, length]) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + length)]),
  );

test('what is said of a line does not depend on the lines before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(line, line, damaged), { minLength: 1, maxLength: 30 }),
      (lines) => {
        const scan = createScanner();
        // Twice, so that each line was there before.
        for (const each of [...lines, ...lines]) {
          expect(result(scan, each), each.toString()).toEqual(result(createScanner(), each));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('reads what is written like a line before, up to where the object ends', () => {
  const layouts = new ObjectLayouts();
  const first = Buffer.from('{"a": "x", "n": 1}');
  const members = createScanner()(first, 0, first.length);
  layouts.learn(first, 0, first.length, Array.isArray(members) ? members : []);
  const read = (text: string, limit = text.length) => layouts.read(Buffer.from(text), 0, limit);
  expect(read('{"a": "longer", "n": -20.5}\n{')).toBe(27);
  expect(layouts.members.map(({ valueStart, valueEnd }) => [valueStart, valueEnd])).toEqual([
    [6, 14],
    [21, 26],
  ]);
  expect(read('{"a": null, "n": true}')).toBe(22);
  expect(read('{"a": "x", "n": 1}', 17)).toBe(-1);
  expect(read('{"a":"x", "n": 1}')).toBe(-1);
  expect(read('{"a": "\\n", "n": 1}')).toBe(-1);
});

test('lines that are each written in their own way are not remembered for ever', () => {
  const layouts = new ObjectLayouts();
  let remembered = 0;
  for (let n = 0; n < 1000; n += 1) {
    const text = Buffer.from(`{"k${n}": 1}`);
    const members = createScanner()(text, 0, text.length);
    layouts.learn(text, 0, text.length, Array.isArray(members) ? members : []);
    if (layouts.read(text, 0, text.length) !== -1) remembered += 1;
  }
  expect(remembered).toBeLessThan(100);
});
