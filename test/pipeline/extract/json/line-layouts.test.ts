import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJsonColumn } from '../../../../src/pipeline/extract/json/json-column.js';
import { createJsonParser } from '../../../../src/pipeline/extract/json/json-line.js';
import { LineLayouts } from '../../../../src/pipeline/extract/json/line-layouts.js';
import { ShapeCollector } from '../../../../src/pipeline/extract/event/line-shapes.js';
import { isReject, type LineParser } from '../../../../src/pipeline/extract/event/log-event.js';
import { createScanner } from '../../../../src/pipeline/extract/json/scan-object.js';
import { declared } from '../../line-sources.js';

/** Columns of each way to read them. */
const source = declared(
  'all_kinds',
  `
files: ['*.log']
format: json
columns:
  at: { type: timestamptz }
  n: { type: bigint }
  kind: { type: text, values: seen }
  ratio: { type: double precision }
  seen: { type: timestamptz, format: unix }
  word: { type: text, matches: '[a-z]*' }
  any: { type: jsonb }
  deep: { type: text, from: [outer, deep] }
`,
);

/** What a parser says of a line in a block. */
function result(parse: LineParser, block: Buffer, start: number, end: number): unknown {
  const event = parse(block, start, end);
  if (isReject(event)) return event;
  return {
    columns: event.columns.map(
      (value) =>
        value && [
          Buffer.from(value.bytes.subarray(value.start, value.end)).toString('latin1'),
          value.number,
        ],
    ),
    payload: event.payload.map(({ bytes, start, end }) =>
      Buffer.from(bytes.subarray(start, end)).toString('latin1'),
    ),
  };
}

const value = fc.oneof(
  fc.constantFrom('"web login"', '""', '"\\u00e9"', '"é"', '"a\\"b"', '"\u0001"', '"unfinished'),
  fc.constantFrom('"2019-01-01T00:05:04-05:00"', '"2019-01-01T00:05:05-05:00"', '"2019-01-02"'),
  fc.constantFrom(
    '"2019-01-01T24:05:04-05:00"',
    '"2019-01-01T00:05:04.5Z"',
    '"2290-01-01T00:00:00Z"',
  ),
  fc.constantFrom('0', '-0', '-1', '10803', '01', '-', '1.50', '1.', '.5', '1e3'),
  fc.constantFrom('123456789012345', '1234567890123456', '123456789012345678'),
  fc.constantFrom('9223372036854775807', '9223372036854775808', '123456789012345678901'),
  fc.constantFrom('true', 'false', 'null', 'nul', 'tru', 'truetrue', '{"deep":"x"}', '[1, 2]', '['),
  fc.constantFrom(`"${'a'.repeat(1024)}"`, `"${'a'.repeat(1025)}"`, ''),
  fc.integer().map(String),
  fc.json({ maxDepth: 1 }),
);
const key = fc.constantFrom(
  ...['at', 'n', 'kind', 'ratio', 'seen', 'word', 'any', 'outer', 'other', '', 'k\\u0069nd', 'é'],
);
const line = fc
  .tuple(
    fc.array(fc.tuple(key, value), { maxLength: 4 }),
    fc.constantFrom('": ', '":', '" :'),
    fc.constantFrom(', ', ','),
    fc.constantFrom('}', '}', '}\r', ' }', '', '}x', '} '),
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
/** A line with other values at the same places as another has. */
const alike = fc
  .tuple(fc.array(fc.tuple(key, fc.array(value, { minLength: 2, maxLength: 6 })), { maxLength: 3 }))
  .map(([members]) =>
    Array.from({ length: 6 }, (_, nth) =>
      Buffer.from(
        `{${members.map(([k, values]) => `"${k}": ${values[nth % values.length] ?? ''}`).join(', ')}}`,
      ),
    ),
  );
const someLines = fc
  .array(
    fc.oneof(
      line.map((one) => [one]),
      damaged.map((one) => [one]),
      alike,
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((groups) => groups.flat());

test('what is said of a line does not depend on the lines before', () => {
  fc.assert(
    fc.property(someLines, (lines) => {
      const parse = createJsonParser(source);
      // One block of all, and then each in one of its own, so that each was there before.
      const block = Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\n')]));
      let start = 0;
      for (const each of lines) {
        const alone = Buffer.concat([Buffer.from('x'), each, Buffer.from('"}\n')]);
        const wanted = result(createJsonParser(source), alone, 1, 1 + each.length);
        expect(result(parse, block, start, start + each.length), each.toString()).toEqual(wanted);
        start += each.length + 1;
      }
      for (const each of lines) {
        const wanted = result(createJsonParser(source), each, 0, each.length);
        expect(result(parse, each, 0, each.length), each.toString()).toEqual(wanted);
      }
    }),
    { numRuns: 500 },
  );
});

test('neither do the shapes that are collected', () => {
  fc.assert(
    fc.property(someLines, (lines) => {
      const [one, other] = [new ShapeCollector(source), new ShapeCollector(source)];
      const parse = createJsonParser(source, one);
      for (const each of lines) {
        parse(each);
        createJsonParser(source, other)(each);
      }
      expect(one.shapes).toEqual(other.shapes);
    }),
    {
      numRuns: 500,
      // A way into a field that is null is known, also where only lines that are read in the quick way have it.
      examples: [
        [['{"outer": 0}', '{"outer": 0}', '{"outer": null}'].map((text) => Buffer.from(text))],
      ],
    },
  );
});

/** Layouts that have learnt one line, all of whose members are payload but those of the columns. */
function learnt(columnsOf: readonly number[], line: string, layouts = newLayouts()): LineLayouts {
  const bytes = Buffer.from(line);
  const members = createScanner()(bytes, 0, bytes.length);
  layouts.learn(bytes, 0, bytes.length, Array.isArray(members) ? members : [], columnsOf);
  return layouts;
}

const newLayouts = () => new LineLayouts(source.columns.map((column) => createJsonColumn(column)));

test('reads what is written like a line before, and nothing else', () => {
  const layouts = learnt([2, 1, -1], '{"kind": "x", "n": 1, "p": true}');
  const read = (text: string, end = text.length) => layouts.read(Buffer.from(text), 0, end);
  const event = read('{"kind": "longer", "n": -20, "p": 1.5}');
  expect(event?.columns.map((value) => value && [value.start, value.end])).toEqual([
    ...[null, [24, 27], [10, 16]],
    ...[null, null, null, null, null],
  ]);
  expect(event?.payload.map(({ start, end }) => [start, end])).toEqual([[29, 37]]);
  expect(read('{"kind": "x", "n": 1, "p": null}')).toBeDefined();
  expect(read('{"kind": "x", "n": 1, "p": null}', 31)).toBeUndefined();
  expect(read('{"kind": "x", "n": 1, "p": null} ')).toBeUndefined();
  expect(read('{"kind":"x", "n": 1, "p": null}')).toBeUndefined();
  expect(read('{"kind": "\\n", "n": 1, "p": null}')).toBeUndefined();
  expect(read('{"kind": 1, "n": 1, "p": null}')).toBeUndefined();
  expect(read('{"kind": "x", "n": 1.5, "p": null}')).toBeUndefined();
});

test('a column without a value has none in the lines that are written so', () => {
  const layouts = learnt([2, 1], '{"kind": null, "n": 1}');
  const read = (text: string) => layouts.read(Buffer.from(text), 0, text.length);
  expect(read('{"kind": null, "n": 2}')?.columns[2]).toBeNull();
  expect(read('{"kind": "x", "n": 2}')).toBeUndefined();
});

test('lines that are each written in their own way are not remembered for ever', () => {
  const layouts = newLayouts();
  let remembered = 0;
  for (let n = 0; n < 1000; n += 1) {
    const text = `{"k${n}": 1}`;
    learnt([-1], text, layouts);
    if (layouts.read(Buffer.from(text), 0, text.length) !== undefined) remembered += 1;
  }
  expect(remembered).toBeLessThan(100);
});
