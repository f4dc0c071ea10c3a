// What filters leave and what it adds up to is what Postgres answers for the same `where`.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dateBins, type DateBin } from '../../../src/chart/rows/bin-dates.js';
import {
  chosenRows,
  datePresets,
  type Choice,
  type DatePreset,
} from '../../../src/chart/rows/choices.js';
import { decimalText, parseDecimal } from '../../../src/chart/rows/decimal.js';
import { encodeColumn } from '../../../src/chart/rows/encode-column.js';
import type { Measure } from '../../../src/chart/rows/grammar.js';
import { groupRows } from '../../../src/chart/rows/group-rows.js';
import { rowsOf } from '../../../src/chart/rows/rows.js';
import { queryRows } from '../../../src/warehouse/query/query-rows.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const day = fc
  .date({
    min: new Date('0002-01-01T00:00:00Z'),
    max: new Date('9990-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString().slice(0, 10));
const near = fc.integer({ min: 0, max: 800 }).map((days) => {
  return new Date(Date.UTC(2019, 0, 1) + days * 86_400_000).toISOString().slice(0, 10);
});
/** Decimals of few and of many digits, as Postgres writes `numeric`. */
const amount = fc
  .tuple(
    fc.oneof(
      fc.bigInt({ min: -999n, max: 999n }),
      fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
    ),
    fc.integer({ min: 0, max: 9 }),
  )
  .map(([units, scale]) => decimalText({ units, scale }));
const province = fc.constantFrom('Quebec', 'Ontario', '', '0', 'null', 'a b', 'QUE');
const none = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 6 });

const row = fc.record({
  day: none(fc.oneof({ weight: 4, arbitrary: near }, day)),
  province: none(province),
  amount: none(amount),
  weight: none(amount),
});

const span = <Value>(value: fc.Arbitrary<Value>) =>
  fc.record({ from: value, to: value }, { requiredKeys: [] });

const filters = fc.record(
  {
    province: fc.oneof(
      fc
        .uniqueArray(none(province), { minLength: 1, maxLength: 3 })
        .map((values): Choice => ({ kind: 'values', values })),
      fc.constantFrom('qu', 'E', '0', ' ', 'x').map((text): Choice => ({ kind: 'text', text })),
    ),
    day: fc.oneof(
      span(near).map((ends): Choice => ({ kind: 'dates', ...ends })),
      fc.constantFrom(...datePresets).map((preset): Choice => ({ kind: 'preset', preset })),
    ),
    amount: span(amount).map((ends): Choice => ({ kind: 'numbers', ...ends })),
  },
  { requiredKeys: [] },
);

/** The condition of a preset, in the words of Postgres. */
const presets: Readonly<Record<DatePreset, string>> = {
  'last-7-days': 'day > last - 7',
  'last-30-days': 'day > last - 30',
  'last-90-days': 'day > last - 90',
  'last-12-months': "day > (last - interval '12 months')::date",
  'this-year': 'extract(year from day) = extract(year from last)',
  'year-before': 'extract(year from day) = extract(year from last) - 1',
};

/** What is chosen as a condition, with its parameters after those that there are. */
function conditionOf(choices: Readonly<Record<string, Choice>>, parameters: unknown[]): string {
  const parameter = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
  const conditions = Object.entries(choices).map(([field, choice]) => {
    switch (choice.kind) {
      case 'values':
        return `(${field} = any (${parameter(
          choice.values.filter((one) => one !== null),
          'text[]',
        )}) or ${field} is null and ${parameter(choice.values.includes(null), 'boolean')})`;
      case 'text':
        return `position(lower(${parameter(choice.text, 'text')}) in lower(${field})) > 0`;
      case 'preset':
        return presets[choice.preset];
      default: {
        const type = choice.kind === 'dates' ? 'date' : 'numeric';
        const { from = null, to = null } = choice;
        return `${field} between coalesce(${parameter(from, type)}, ${field}) and coalesce(${parameter(to, type)}, ${field})`;
      }
    }
  });
  return conditions.join(' and ') || 'true';
}

const measures: readonly (readonly [sql: string, measure: Measure])[] = [
  ['sum(amount)', { sum: 'amount' }],
  ['count(*)', { count: '*' }],
  ['count(amount)', { count: 'amount' }],
  ['min(amount)', { min: 'amount' }],
  ['max(amount)', { max: 'amount' }],
];

/** A number written in one way only; null: there is none. */
function plain(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const decimal = parseDecimal(typeof value === 'number' ? String(value) : (value as string));
  return decimal === undefined ? `no number: ${JSON.stringify(value)}` : decimalText(decimal);
}

test('1,000 random tables and filters give what Postgres gives for the same where', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 25 }),
      filters,
      fc.constantFrom<DateBin>(...dateBins),
      async (table, chosen, bin) => {
        const choices = { ...chosen } as Record<string, Choice>;
        const parameters: unknown[] = [JSON.stringify(table)];
        const condition = conditionOf(choices, parameters);
        const answers = await queryRows<Record<string, unknown>>(
          db.owner,
          `select date_trunc('${bin}', day::timestamp)::date::text as bin, province,
             ${measures.map(([sql], index) => `(${sql})::text as m${index}`).join(', ')},
             (sum(amount) / nullif(sum(weight), 0))::float8 as ratio
           from (
             select *, max(day) over () as last
             from jsonb_to_recordset($1::jsonb)
               as t (day date, province text, amount numeric, weight numeric)
           ) t
           where ${condition}
           group by 1, 2`,
          parameters,
        );
        const fields = ['day', 'province', 'amount', 'weight'] as const;
        const rows = rowsOf(
          new Map(
            fields.map((field) => [
              field,
              encodeColumn(
                field,
                table.map((one) => one[field]),
                field === 'amount' || field === 'weight',
              ),
            ]),
          ),
        );
        const last = table.reduce<string | undefined>(
          (latest, one) => (one.day !== null && one.day > (latest ?? '') ? one.day : latest),
          undefined,
        );
        const left = chosenRows(rows, new Map(Object.entries(choices)), () => last);
        const isDated = rows.fields.get('day')?.type === 'date';
        const dimensions = [{ field: 'day', ...(isDated ? { bin } : {}) }, { field: 'province' }];
        const key = (one: unknown, other: unknown) => JSON.stringify([one, other]);
        const byKey = new Map(
          answers.map((answer) => [key(answer['bin'], answer['province']), answer]),
        );
        for (const [index, [, measure]] of measures.entries()) {
          const groups = groupRows(rows, dimensions, measure, left);
          expect(
            Object.fromEntries(
              groups.map(({ keys, value }) => [key(keys[0], keys[1]), plain(value)]),
            ),
          ).toEqual(
            Object.fromEntries([...byKey].map(([at, answer]) => [at, plain(answer[`m${index}`])])),
          );
        }
        const ratio: Measure = { ratio: [{ sum: 'amount' }, { sum: 'weight' }] };
        for (const { keys, value } of groupRows(rows, dimensions, ratio, left)) {
          const expected = byKey.get(key(keys[0], keys[1]))?.['ratio'];
          if (typeof expected !== 'number') expect(value).toBeNull();
          else
            expect(Math.abs(Number(value) - expected)).toBeLessThanOrEqual(
              1e-12 * Math.max(1, Math.abs(expected)),
            );
        }
      },
    ),
    { numRuns: 1000 },
  );
}, 120_000);
