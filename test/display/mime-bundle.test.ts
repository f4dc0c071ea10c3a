import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toJsonValue } from '../../src/display/mime-bundle.js';

test.each([
  [5n, 5],
  [9_007_199_254_740_993n, '9007199254740993'],
  [Number.NaN, null],
  [Number.NEGATIVE_INFINITY, null],
  [undefined, null],
  [new Date('2019-05-01T04:00:00Z'), '2019-05-01T04:00:00.000Z'],
  [new Date(Number.NaN), null],
  [new Float64Array([1, Number.NaN]), [1, null]],
  [new BigInt64Array([1n]), [1]],
  [{ kept: 1, left: undefined }, { kept: 1 }],
])('%s becomes %j', (value, expected) => {
  expect(toJsonValue(value)).toEqual(expected);
});

test('what JSON holds already stays as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json: unknown = JSON.parse(JSON.stringify(value));
      expect(toJsonValue(json)).toEqual(json);
    }),
  );
});

test('a function is refused, not dropped', () => {
  expect(() => toJsonValue({ format: () => '' })).toThrow(/function cannot be shown/);
});
