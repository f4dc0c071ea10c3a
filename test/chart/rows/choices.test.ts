// What readers choose among rows, in addresses, in words, and which rows are left.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, addMonths, binDate, binSpan } from '../../../src/chart/rows/bin-dates.js';
import {
  chosenRows,
  countChosen,
  presetDates,
  type Choice,
} from '../../../src/chart/rows/choices.js';
import {
  parseDecimal,
  decimalText,
  decimalValue,
  quotient,
} from '../../../src/chart/rows/decimal.js';
import { encodeColumn } from '../../../src/chart/rows/encode-column.js';
import { fromParameters, toParameters } from '../../../src/chart/rows/filter-address.js';
import { choicesInWords, rowsInWords } from '../../../src/chart/rows/filter-words.js';
import { rowsOf } from '../../../src/chart/rows/rows.js';

const controls = [
  { field: 'province', control: 'multiple', label: 'Province' },
  { field: 'day', control: 'dates', label: 'Day' },
  { field: 'amount', control: 'range', label: 'Amount' },
  { field: 'name', control: 'text', label: 'Name' },
] as const;

test('every choice comes back from its address as it was: zero, false, the empty text and none, too', () => {
  const value = fc.oneof(
    fc.constantFrom('0', 'false', '', null, '~', '~~', '..', '&', '#', '%', '+', 'a b'),
    fc.string({ unit: 'grapheme' }),
  );
  const choices = fc.record(
    {
      province: fc
        .uniqueArray(value, { minLength: 1, maxLength: 5 })
        .map((values): Choice => ({ kind: 'values', values })),
      day: fc.constantFrom<Choice>(
        { kind: 'preset', preset: 'last-90-days' },
        { kind: 'dates', from: '2019-01-31' },
        { kind: 'dates', from: '2019-01-31', to: '2019-02-01' },
      ),
      amount: fc.constantFrom<Choice>(
        { kind: 'numbers', from: '0' },
        { kind: 'numbers', from: '-1.50', to: '2' },
        { kind: 'numbers', to: '0' },
      ),
      name: fc.string({ minLength: 1 }).map((text): Choice => ({ kind: 'text', text })),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(choices, (chosen) => {
      const given = new Map(Object.entries(chosen));
      const address = new URLSearchParams(toParameters(given, controls)).toString();
      const wellFormed = new URLSearchParams(address);
      expect(Object.fromEntries(fromParameters(wellFormed, controls))).toEqual(
        Object.fromEntries(given),
      );
    }),
  );
});

test.each([
  'filter.day=yesterday',
  'filter.day=2019-13-01..',
  'filter.day=..',
  'filter.amount=1',
  'filter.amount=a..b',
  'filter.name=',
  'filter.__proto__=x',
  'province=QC',
  'filter.other=1',
])('%s chooses nothing', (address) => {
  expect(fromParameters(new URLSearchParams(address), controls).size).toBe(0);
});

test('what is chosen is said in words', () => {
  const choices = fromParameters(
    new URLSearchParams(
      'filter.province=Quebec&filter.province=~&filter.day=2019-01-01..2019-02-01&filter.amount=..3&filter.name=x',
    ),
    controls,
  );
  expect(choicesInWords(choices, controls)).toBe(
    'Province: Quebec, (none); Day: from 2019-01-01 to 2019-02-01; Amount: to 3; Name: contains “x”',
  );
  expect(rowsInWords(120, 4000)).toBe('120 of 4,000 rows');
  expect(rowsInWords(1, 1)).toBe('all 1 row');
});

test('rows are left whose values are chosen; fields that they do not have choose nothing', () => {
  const rows = rowsOf(
    new Map([
      ['province', encodeColumn('province', ['Quebec', '', null, 'Quebec'], false)],
      [
        'day',
        encodeColumn('day', ['2019-01-01', '2019-01-31 23:59:59+00', '2019-02-01', null], false),
      ],
      ['amount', encodeColumn('amount', ['0.10', '0.2', null, '9007199254740993'], true)],
    ]),
  );
  const left = (field: string, choice: Choice) =>
    [...chosenRows(rows, new Map([[field, choice]]), () => '2019-01-31')].join('');
  expect(left('province', { kind: 'values', values: ['Quebec'] })).toBe('1001');
  expect(left('province', { kind: 'values', values: [''] })).toBe('0100');
  expect(left('province', { kind: 'values', values: [null] })).toBe('0010');
  expect(left('province', { kind: 'text', text: 'QUE' })).toBe('1001');
  expect(left('day', { kind: 'dates', to: '2019-01-31' })).toBe('1100');
  expect(left('day', { kind: 'preset', preset: 'last-7-days' })).toBe('0100');
  expect(left('amount', { kind: 'numbers', from: '0.1', to: '0.19999' })).toBe('1000');
  expect(left('amount', { kind: 'numbers', from: '9007199254740992.5' })).toBe('0001');
  expect(left('amount', { kind: 'values', values: ['0.1'] })).toBe('1000');
  expect(left('other', { kind: 'values', values: ['x'] })).toBe('1111');
  expect(countChosen(chosenRows(rows, new Map(), () => undefined))).toBe(4);
});

test('dates are binned and shifted by their own calendar', () => {
  expect(binDate('2019-12-31 23:59:59-05', 'month')).toBe('2019-12-01');
  expect(binDate('2019-12-30', 'week')).toBe('2019-12-30');
  expect(binDate('2020-01-05', 'week')).toBe('2019-12-30');
  expect(binDate('2019-08-15', 'quarter')).toBe('2019-07-01');
  expect(binDate('0099-01-01', 'week')).toBe('0098-12-29');
  expect(binSpan('2019-02-01', 'month')).toEqual({ from: '2019-02-01', to: '2019-02-28' });
  expect(binSpan('2019-12-30', 'week')).toEqual({ from: '2019-12-30', to: '2020-01-05' });
  expect(binSpan('2019-10-01', 'quarter').to).toBe('2019-12-31');
  expect(addMonths('2020-03-31', -1)).toBe('2020-02-29');
  expect(addDays('2019-03-01', -1)).toBe('2019-02-28');
  expect(presetDates('last-12-months', '2019-12-31')).toEqual({
    from: '2019-01-01',
    to: '2019-12-31',
  });
  expect(presetDates('year-before', '2019-05-01')).toEqual({
    from: '2018-01-01',
    to: '2018-12-31',
  });
  expect(presetDates('this-year', '2019-05-01')).toEqual({ from: '2019-01-01', to: '2019-05-01' });
});

test('decimals lose nothing', () => {
  const decimal = (text: string) => parseDecimal(text) ?? { units: 0n, scale: 0 };
  for (const text of ['0', '-0.001', '123456789012345678901234567890.123', '1e21', '5e-324']) {
    expect(Number(decimalText(decimal(text)))).toBe(Number(text));
  }
  expect(decimalValue(decimal('0.30'))).toBe(0.3);
  expect(decimalValue(decimal('9007199254740993'))).toBe('9007199254740993');
  expect(decimalValue(decimal('1e21'))).toBe(1e21);
  expect(['', 'x', 'Infinity', 'NaN', '1e9999', '0x1', ' 1'].map(parseDecimal)).toEqual(
    Array.from({ length: 7 }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(Number(decimalText(decimal(String(number)))) + 0).toBe(number + 0);
    }),
  );
  expect(quotient(decimal('1'), decimal('3'))).toBe(1 / 3);
  expect(quotient(decimal('1'), decimal('0'))).toBeUndefined();
  expect(quotient(decimal('-90071992547409930'), decimal('300719925474099300'))).toBeCloseTo(
    -0.29952,
    5,
  );
});
