import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConversion } from '../../../../src/pipeline/extract/values/convert-text.js';
import type { NumberNotation } from '../../../../src/pipeline/extract/values/numbers.js';
import type { ColumnType } from '../../../../src/pipeline/definitions/source.js';

function read(text: string, notation: NumberNotation = {}, type: ColumnType = 'numeric') {
  const column = { name: 'n', from: ['n'], required: false, type, ...notation };
  const converted = createConversion(column)(text);
  return 'value' in converted ? converted.value : `? ${converted.problem}`;
}

const german = { decimal: ',', thousands: '.' } as const;
test.each<[string, NumberNotation, string]>([
  ['1.234.567,89', german, '1234567.89'],
  ['1234567,89', german, '1234567.89'],
  ['-0,5', german, '-0.5'],
  [',5', german, '.5'],
  ['1,5e3', german, '1.5e3'],
  ['1,234,567', { thousands: ',' }, '1234567'],
  ["1'234.50", { thousands: "'" }, '1234.50'],
  ['1\u202f234\u00a0567,5', { decimal: ',', thousands: ' ' }, '1234567.5'],
  ['€ 1.234,50', { ...german, unit: ['€'] }, '1234.50'],
  ['-€5', { unit: ['€'] }, '-5'],
  ['€-5', { unit: ['€'] }, '-5'],
  ['- 5 €', { unit: ['€'] }, '-5'],
  ['12.5\u00a0%', { unit: ['%'] }, '12.5'],
  ['7 km/h', { unit: ['km', 'km/h'] }, '7'],
  ['7', { unit: ['km'] }, '7'],
])('%s with %j is %s', (text, notation, wanted) => {
  expect(read(text, notation)).toBe(wanted);
});

test.each<[string, NumberNotation]>([
  ['12.34', german],
  ['1.23.456', german],
  ['1234.567', german],
  ['1,2,3', german],
  ['1,23', { thousands: ',' }],
  ['1 234', { thousands: ',' }],
  ['--5', { unit: ['€'] }],
  ['-€-5', { unit: ['€'] }],
  ['5 $', { unit: ['€'] }],
  ['€', { unit: ['€'] }],
  ['', german],
])('%s with %j is no number', (text, notation) => {
  expect(read(text, notation)).toMatch(/^\? must be a number/);
});

test.each<[string, ColumnType, string]>([
  ['5,3', 'numeric', "decimal: ','"],
  ['1.234,5', 'double precision', "decimal: ',' and thousands: '.'"],
  ['1,234', 'bigint', "decimal: ',' or thousands: ','"],
  ['1,234,567', 'integer', "thousands: ','"],
  ['1 234 567', 'bigint', 'thousands'],
  ['5.0', 'bigint', 'type: numeric'],
  ['NaN', 'double precision', 'nulls'],
  ['€ 5', 'numeric', 'unit'],
  ['12%', 'numeric', 'unit'],
  ['1e400', 'double precision', 'too large'],
  ['1e-400', 'double precision', 'too near to 0'],
])('the reject of %s says what would read it', (text, type, advice) => {
  expect(read(text, {}, type)).toContain(advice);
});

test('whatever is written in a notation is read as the number that it is', () => {
  const parts = fc.tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.stringMatching(/^\d{0,6}$/));
  const notation = fc.constantFrom<{ decimal: '.' | ','; thousands: string }>(
    { decimal: ',', thousands: '.' },
    { decimal: '.', thousands: ',' },
    { decimal: ',', thousands: ' ' },
    { decimal: '.', thousands: "'" },
  );
  fc.assert(
    fc.property(
      parts,
      notation,
      fc.boolean(),
      ([whole, fraction], { decimal, thousands }, isGrouped) => {
        const digits = String(whole);
        const shown = isGrouped ? digits.replace(/\B(?=(\d{3})+$)/g, thousands) : digits;
        const text = fraction === '' ? shown : `${shown}${decimal}${fraction}`;
        expect(read(text, { decimal, thousands })).toBe(
          fraction === '' ? digits : `${digits}.${fraction}`,
        );
      },
    ),
  );
});
