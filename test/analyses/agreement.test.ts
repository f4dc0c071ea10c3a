// @module-tag heavy
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulateLogs, type SimulationOptions } from '../../sample-logs/simulation.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { requireShared } from '../requirement.js';
import { analyse, analyseFolder, type ReportSettings } from './analyse.js';
import { login, pageAccess, planChange, signUp } from './log-lines.js';
import { computeAnswers } from './second-computation.js';

/* The models and the second computation must agree, on whatever logs there are. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Counts are equal, averages and shares to 1e-9. */
async function expectAgreement(
  lines: readonly string[],
  settings: ReportSettings = {},
): Promise<void> {
  const found = await analyse(database, lines, settings);
  const expected = computeAnswers(lines, settings.timeZone, settings.asOf);
  expect(found).toEqual(withTolerance(expected));
}

function withTolerance(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return expect.closeTo(value, 9) as unknown;
  }
  if (Array.isArray(value)) return value.map(withTolerance);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTolerance(item)]));
}

function simulate(options: Partial<SimulationOptions>): string[] {
  const all = { accounts: 300, months: 12, seed: 1, start: '2019-01', ...options };
  return [...simulateLogs(all)].flatMap(({ pieces }) =>
    [...pieces].flatMap(({ text }) => text.split('\n').slice(0, -1)),
  );
}

test('on the real logs', async (context) => {
  const folder = requireShared(context, 'data');
  const lines = readdirSync(folder)
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1));
  for (const asOf of [undefined, '2019-07-01T00:00:00-04:00']) {
    const found = await analyseFolder(database, folder, asOf === undefined ? {} : { asOf });
    expect(found).toEqual(withTolerance(computeAnswers(lines, undefined, asOf)));
    expect(found.monthly_churn).toHaveLength(asOf === undefined ? 12 : 6);
  }
});

test.each([1, 2, 3])('on sample logs of seed %d', async (seed) => {
  await expectAgreement(simulate({ seed }));
});

test.each([
  { timeZone: 'America/Toronto' },
  { timeZone: 'America/St_Johns' },
  { timeZone: 'Asia/Tokyo', asOf: '2020-06-15T12:34:56.789012+09:00' },
  { timeZone: 'Pacific/Kiritimati', asOf: '2021-01-01T00:00:00+14:00' },
])('on sample logs of two years and more, %j', async (settings) => {
  await expectAgreement(simulate({ accounts: 200, months: 27, start: '2018-11' }), settings);
});

/** Instants at which something changes: months, years, clocks, and as-of with its 720 hours. */
const turningPoints = [
  '2018-11-04T03:00:00Z',
  '2018-12-31T10:00:00Z',
  '2018-12-31T15:00:00Z',
  '2019-01-01T00:00:00Z',
  '2019-01-01T03:30:00Z',
  '2019-01-01T05:00:00Z',
  '2019-01-30T05:00:00Z',
  '2019-02-01T05:00:00Z',
  '2019-02-08T07:00:00Z',
  '2019-03-01T05:00:00Z',
  '2019-03-03T05:00:00Z',
  '2019-03-10T07:00:00Z',
  '2019-04-01T04:00:00Z',
].map((text) => Date.parse(text));

const instant = fc
  .tuple(fc.constantFrom(...turningPoints), fc.integer({ min: -3, max: 3 }), fc.boolean())
  .map(([milliseconds, steps, micro]) => {
    const microseconds =
      BigInt(milliseconds) * 1000n + BigInt(steps) * (micro ? 1n : 3_600_000_000n);
    const whole = new Date(Number(microseconds / 1_000_000n) * 1000).toISOString().slice(0, 19);
    return `${whole}.${String(microseconds % 1_000_000n).padStart(6, '0')}Z`;
  });
const account = fc.integer({ min: 1, max: 4 });
const plan = fc.constantFrom('PLAN_BRONZE', 'PLAN_SILVER', 'PLAN_GOLD');
const address = fc.constantFrom(
  "'1 Elm St., Truro, NS B2N 1A1'",
  '2 Elm St., Gander,NF A1V 1A1',
  '',
);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(account, instant).map((args) => login(...args)) },
  { weight: 1, arbitrary: fc.tuple(account, instant).map((args) => pageAccess(...args)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(account, instant, fc.record({ plan: fc.option(plan), address }))
      .map((args) => signUp(...args)),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(account, instant, fc.record({ from: plan, to: plan }))
      .map((args) => planChange(...args)),
  },
);
const settings = fc.record({
  timeZone: fc.constantFrom(
    'America/Toronto',
    'America/St_Johns',
    'America/Sao_Paulo',
    'Asia/Tokyo',
    'Pacific/Kiritimati',
    'UTC',
  ),
  asOf: fc.option(instant, { nil: undefined }),
});

test('on any small log around the turning points', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 25 }),
      settings,
      async (lines, { timeZone, asOf }) => {
        await expectAgreement(lines, { timeZone, ...(asOf === undefined ? {} : { asOf }) });
      },
    ),
    { numRuns: 20 },
  );
});
