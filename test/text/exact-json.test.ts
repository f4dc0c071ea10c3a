import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExact, writeExact } from '../../src/text/exact-json.js';

test('JSON whose numbers are doubles is read as ever', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseExact(text)).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

/** `1.5e+21` with all its digits: the decimal number, which its double need not be to the last one. */
function digitsOf(power: string): string {
  const [, whole = '', fraction = '', exponent = ''] =
    /^(\d)(?:\.(\d+))?e\+(\d+)$/.exec(power) ?? [];
  return whole + fraction.padEnd(Number(exponent), '0');
}

test('whole numbers of any size come back as they are written', () => {
  const number = fc.bigInt(-(10n ** 40n), 10n ** 40n);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), number)), (members) => {
      const text = `[${members.map(([key, id]) => `{${JSON.stringify(key)}:${id}}`).join(',')}]`;
      const values = parseExact(text) as object[];
      expect(writeExact(values).replace(/(?<=:-?)\d(?:\.\d+)?e\+\d+/g, digitsOf)).toBe(text);
      expect(values.map((value) => Object.keys(value)[0])).toEqual(members.map(([key]) => key));
    }),
    {
      numRuns: 500,
      examples: [[[['a', 1192092895507812500000000000000000n]]], [[['b', -(10n ** 25n)]]]],
    },
  );
});

test.each([
  ['0.1', 0.1],
  ['1.10', 1.1],
  ['-0.00', -0],
  ['1e3', 1000],
  ['1E-7', 1e-7],
  ['9007199254740993', 9007199254740993n],
  ['100000000000000000000', 1e20],
  ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
  ['1e-400', '1e-400'],
  ['1e400', '1e400'],
  [
    '{"__proto__": 12345678901234567890}',
    Object.fromEntries([['__proto__', 12345678901234567890n]]),
  ],
  [
    '["\\u0022 12345678901234567890", "\\\\", 12345678901234567890]',
    ['" 12345678901234567890', '\\', 12345678901234567890n],
  ],
])('%s', (text, value) => {
  expect(parseExact(text)).toEqual(value);
});
