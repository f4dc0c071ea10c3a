import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBigint, wholeNumber } from '../../../../src/pipeline/extract/values/numbers.js';

const at = (text: string) => [Buffer.from(`:${text},`), 1, text.length + 1] as const;

test('whole numbers of at most 15 digits are read exactly, and nothing else', () => {
  const number = fc.oneof(
    fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map(String),
    fc.integer().map(String),
    fc.constantFrom('', '-', '0', '-0', '--1', '1-', '5.0', '5e0', ' 1', 'null', '9'.repeat(15)),
    fc.string({ maxLength: 18 }),
  );
  fc.assert(
    fc.property(number, (text) => {
      const isExact = /^-?\d{1,15}$/.test(text);
      expect(wholeNumber(...at(text))).toBe(isExact ? Number(text) : Number.NaN);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['9223372036854775807', true],
  ['9223372036854775808', false],
  ['-9223372036854775808', true],
  ['-9223372036854775809', false],
  ['12345678901234567890', false],
  ['5.0', false],
  ['-', false],
])('%s fits into 64 bits: %s', (text, fits) => {
  expect(isBigint(...at(text))).toBe(fits);
});
