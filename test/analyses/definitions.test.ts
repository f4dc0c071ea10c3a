// @module-tag heavy
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { analyse, type ReportSettings } from './analyse.js';
import { login, pageAccess, planChange, signUp } from './log-lines.js';
import { computeAnswers, type Answers } from './second-computation.js';

/*
 * The edges of each definition in small logs. Every one is computed both ways, and what the two must
 * say is written down beside it. Unless a test says otherwise, the report's time zone is Toronto's.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function answers(lines: readonly string[], settings: ReportSettings = {}): Promise<Answers> {
  const found = await analyse(database, lines, settings);
  expect(found).toEqual(computeAnswers(lines, settings.timeZone, settings.asOf));
  return found;
}

/** Month, new, churned, active: the counts without the columns that follow from them. */
function counts({ monthly_churn }: Answers): (string | number)[][] {
  return monthly_churn.map((row) => [
    row.month.slice(0, 7),
    row.new_customers,
    row.churned_customers,
    row.active_customers,
  ]);
}

const bronzeToGold = { from: 'PLAN_BRONZE', to: 'PLAN_GOLD' };
const bronzeToSilver = { from: 'PLAN_BRONZE', to: 'PLAN_SILVER' };
const goldToSilver = { from: 'PLAN_GOLD', to: 'PLAN_SILVER' };

/** The pairs that somebody took: from, to, customers, days. */
function taken({ plan_change }: Answers): (string | number | null)[][] {
  return plan_change
    .filter(({ customers }) => customers > 0)
    .map((row) => [row.from_plan, row.to_plan, row.customers, row.average_days]);
}

describe('churned: the last login is at least 30 × 24 hours before as-of', () => {
  test('exactly 720 hours are enough, a microsecond less is not', async () => {
    const found = await answers(
      [login(1, '2019-01-16T00:00:00-05:00'), login(2, '2019-01-16T00:00:00.000001-05:00')],
      { asOf: '2019-02-15T00:00:00-05:00' },
    );
    expect(counts(found)).toEqual([['2019-01', 2, 1, 1]]);
  });

  test('hours count and not days, over the night of 23 hours', async () => {
    // Thirty days on the calendar before this would be 18 February, 0:00.
    const found = await answers(
      [login(1, '2019-02-17T23:00:00-05:00'), login(2, '2019-02-17T23:00:01-05:00')],
      { asOf: '2019-03-20T00:00:00-04:00' },
    );
    expect(counts(found)).toEqual([['2019-02', 2, 1, 1]]);
  });

  test('hours count and not days, over the night of 25 hours', async () => {
    const found = await answers(
      [login(1, '2019-10-21T01:00:00-04:00'), login(2, '2019-10-21T01:00:01-04:00')],
      { asOf: '2019-11-20T00:00:00-05:00' },
    );
    expect(counts(found)).toEqual([['2019-10', 2, 1, 1]]);
  });

  test('it counts in the month of the last login, not in the month in which it shows', async () => {
    const found = await answers([
      login(1, '2019-01-10T12:00:00-05:00'),
      login(1, '2019-02-10T12:00:00-05:00'),
      login(2, '2019-04-10T12:00:00-04:00'),
    ]);
    expect(counts(found)).toEqual([
      ['2019-01', 1, 0, 1],
      ['2019-02', 0, 1, 0],
      ['2019-03', 0, 0, 0],
      ['2019-04', 1, 0, 1],
    ]);
  });

  test('a customer who comes back after a gap, however long, has not churned', async () => {
    const found = await answers([
      login(1, '2019-01-10T12:00:00-05:00'),
      login(1, '2019-05-10T12:00:00-04:00'),
    ]);
    expect(counts(found)).toEqual([
      ['2019-01', 1, 0, 1],
      ['2019-02', 0, 0, 1],
      ['2019-03', 0, 0, 1],
      ['2019-04', 0, 0, 1],
      ['2019-05', 0, 0, 1],
    ]);
  });

  test('only logins keep a customer: other events do not', async () => {
    const found = await answers([
      login(1, '2019-01-10T12:00:00-05:00'),
      pageAccess(1, '2019-02-27T12:00:00-05:00'),
    ]);
    expect(counts(found)).toEqual([
      ['2019-01', 1, 1, 0],
      ['2019-02', 0, 0, 0],
    ]);
  });
});

describe('months, new customers and the churn rate', () => {
  test('a month without churn and a month without any event are rows too', async () => {
    const found = await answers([
      login(1, '2019-01-10T12:00:00-05:00'),
      login(2, '2019-01-11T12:00:00-05:00'),
      login(2, '2019-03-11T12:00:00-04:00'),
      login(3, '2019-03-12T12:00:00-04:00'),
    ]);
    expect(found.monthly_churn).toEqual([
      {
        month: '2019-01-01',
        new_customers: 2,
        churned_customers: 1,
        active_customers: 1,
        churn_rate: 1,
        is_complete: true,
      },
      {
        month: '2019-02-01',
        new_customers: 0,
        churned_customers: 0,
        active_customers: 1,
        churn_rate: 0,
        is_complete: false,
      },
      {
        month: '2019-03-01',
        new_customers: 1,
        churned_customers: 0,
        active_customers: 2,
        churn_rate: 0,
        is_complete: false,
      },
    ]);
  });

  test('when nobody is active the rate is null, and it may exceed 1', async () => {
    const lines = [1, 2, 3].map((account) => login(account, '2019-01-10T12:00:00-05:00'));
    const gone = await answers([...lines, pageAccess(1, '2019-03-01T12:00:00-05:00')]);
    expect(gone.monthly_churn.map((row) => row.churn_rate)).toEqual([null, null, null]);
    const oneLeft = await answers([...lines, login(1, '2019-03-01T12:00:00-05:00')]);
    expect(oneLeft.monthly_churn.map((row) => row.churn_rate)).toEqual([2, 0, 0]);
  });

  test('a month is the report zone’s, to the microsecond and on both sides of the clock changes', async () => {
    const found = await answers([
      login(1, '2019-02-28T23:59:59.999999-05:00'),
      login(2, '2019-03-01T00:00:00-05:00'),
      login(3, '2019-03-31T23:59:59.999999-04:00'),
      login(4, '2019-04-01T00:00:00-04:00'),
      login(5, '2019-10-31T23:59:59.999999-04:00'),
      login(6, '2019-11-01T00:00:00-04:00'),
      login(7, '2019-11-30T23:59:59.999999-05:00'),
      login(8, '2019-12-01T00:00:00-05:00'),
    ]);
    const newCustomers = Object.fromEntries(counts(found).map(([month, count]) => [month, count]));
    expect(newCustomers).toMatchObject({
      '2019-02': 1,
      '2019-03': 2,
      '2019-04': 1,
      '2019-05': 0,
      '2019-10': 1,
      '2019-11': 2,
      '2019-12': 1,
    });
  });

  test('the instant counts, not the wall clock of a wrong offset', async () => {
    const found = await answers([
      login(1, '2019-04-30T23:30:00-05:00'),
      login(2, '2019-11-01T00:30:00-03:00'),
    ]);
    const newCustomers = counts(found)
      .filter(([, count]) => count !== 0)
      .map(([month]) => month);
    expect(newCustomers).toEqual(['2019-05', '2019-10']);
  });

  test('nobody ever logged in: months with zeros', async () => {
    const found = await answers([pageAccess(1, '2019-01-10T12:00:00-05:00')]);
    expect(found).toEqual({
      monthly_churn: [
        {
          month: '2019-01-01',
          new_customers: 0,
          churned_customers: 0,
          active_customers: 0,
          churn_rate: null,
          is_complete: false,
        },
      ],
      signup_plan: [],
      plan_change: [],
      customers_by_province: [],
    });
  });

  test('no event at all: no rows', async () => {
    const nothing = {
      monthly_churn: [],
      signup_plan: [],
      plan_change: [],
      customers_by_province: [],
    };
    expect(await answers([])).toEqual(nothing);
    expect(await answers([], { asOf: '2019-01-01T00:00:00Z' })).toEqual(nothing);
  });

  test('a login without a sign-up counts in churn, a sign-up without a login does not', async () => {
    const found = await answers([
      login(1, '2019-01-10T12:00:00-05:00'),
      signUp(2, '2019-01-11T12:00:00-05:00'),
    ]);
    expect(counts(found)).toEqual([['2019-01', 1, 0, 1]]);
    expect(found.signup_plan).toEqual([{ year: 2019, plan: 'PLAN_BRONZE', signups: 1, share: 1 }]);
    expect(found.customers_by_province).toEqual([
      { year: 2019, province: 'ON', signups: 1, active_customers: 0 },
    ]);
  });

  test('logins before the sign-up count', async () => {
    const found = await answers([
      login(1, '2019-01-31T08:00:00-05:00'),
      signUp(1, '2019-02-01T07:00:00-05:00'),
    ]);
    expect(counts(found)).toEqual([
      ['2019-01', 1, 0, 1],
      ['2019-02', 0, 0, 1],
    ]);
  });
});

describe('is_complete: every last login of the month can be judged', () => {
  test.each([
    ['2019-01-10T12:00:00-05:00', '2019-03-03T00:00:00-05:00', true],
    ['2019-01-10T12:00:00-05:00', '2019-03-02T23:59:59.999999-05:00', false],
    // October ends in daylight time; 720 hours later the clocks have changed.
    ['2019-10-10T12:00:00-04:00', '2019-11-30T23:00:00-05:00', true],
    ['2019-10-10T12:00:00-04:00', '2019-11-30T22:59:59.999999-05:00', false],
  ])('the month of %s as of %s: %s', async (date, asOf, complete) => {
    const found = await answers([login(1, date)], { asOf });
    expect(found.monthly_churn.map((row) => row.is_complete)).toEqual([complete]);
  });
});

describe('as-of', () => {
  async function asOf(lines: readonly string[], settings: ReportSettings = {}): Promise<string> {
    await answers(lines, settings);
    const { rows } = await database.owner.query<{ as_of: string }>(
      'select as_of from silver.report',
    );
    return rows[0]!.as_of;
  }

  test.each([
    ['2019-01-31T23:59:59.999999-05:00', '2019-02-01T05:00:00Z'],
    ['2019-01-31T00:00:00-05:00', '2019-02-01T05:00:00Z'],
    ['2019-02-01T01:00:00Z', '2019-02-01T05:00:00Z'],
    // Days of 23 and 25 hours, and the day before each.
    ['2019-03-09T12:00:00-05:00', '2019-03-10T05:00:00Z'],
    ['2019-03-10T12:00:00-04:00', '2019-03-11T04:00:00Z'],
    ['2019-11-02T12:00:00-04:00', '2019-11-03T04:00:00Z'],
    ['2019-11-03T00:30:00-04:00', '2019-11-04T05:00:00Z'],
    ['2019-12-31T23:30:00-05:00', '2020-01-01T05:00:00Z'],
  ])('is the start of the day after the newest event: %s → %s', async (newest, expected) => {
    expect(await asOf([login(1, '2019-01-01T12:00:00-05:00'), pageAccess(1, newest)])).toBe(
      expected,
    );
  });

  test('in the report’s zone', async () => {
    const lines = [login(1, '2019-01-31T23:30:00-05:00')];
    expect(await asOf(lines, { timeZone: 'Asia/Tokyo' })).toBe('2019-02-01T15:00:00Z');
    expect(await asOf(lines, { timeZone: 'America/St_Johns' })).toBe('2019-02-02T03:30:00Z');
    expect(await asOf(lines, { timeZone: 'Pacific/Kiritimati' })).toBe('2019-02-01T10:00:00Z');
  });

  test('where a day begins at one o’clock because midnight was skipped', async () => {
    const lines = [login(1, '2018-11-03T12:00:00-03:00')];
    expect(await asOf(lines, { timeZone: 'America/Sao_Paulo' })).toBe('2018-11-04T03:00:00Z');
  });

  const history = [
    signUp(1, '2019-01-05T12:00:00-05:00'),
    login(1, '2019-01-10T12:00:00-05:00'),
    login(2, '2019-02-20T12:00:00-05:00'),
    signUp(2, '2019-02-20T12:00:00-05:00', { plan: 'PLAN_GOLD', address: null }),
    planChange(1, '2019-02-21T12:00:00-05:00', bronzeToSilver),
    login(1, '2019-03-25T12:00:00-04:00'),
    login(3, '2019-04-01T00:00:00-04:00'),
    signUp(3, '2019-04-01T00:00:00-04:00', { plan: 'PLAN_SILVER' }),
    planChange(2, '2019-04-02T12:00:00-04:00', goldToSilver),
  ];

  test('in the middle of the data: what comes later does not exist', async () => {
    const settings = { asOf: '2019-02-21T12:00:00-05:00' };
    const found = await answers(history, settings);
    expect(counts(found)).toEqual([
      ['2019-01', 1, 1, 0],
      ['2019-02', 1, 0, 1],
    ]);
    expect(found.plan_change).toEqual([
      { from_plan: 'PLAN_BRONZE', to_plan: 'PLAN_GOLD', customers: 0, average_days: null },
      { from_plan: 'PLAN_GOLD', to_plan: 'PLAN_BRONZE', customers: 0, average_days: null },
    ]);
    expect(found.customers_by_province).toEqual([
      { year: 2019, province: 'ON', signups: 1, active_customers: 0 },
      { year: 2019, province: 'unknown', signups: 1, active_customers: 1 },
    ]);
    // Exactly as if it had not been written yet.
    expect(found).toEqual(await answers(history.slice(0, 4), settings));
  });

  test('at a month’s start: the events of that instant belong to the next report', async () => {
    const found = await answers(history, { asOf: '2019-04-01T00:00:00-04:00' });
    expect(counts(found)).toEqual([
      ['2019-01', 1, 0, 1],
      ['2019-02', 1, 1, 1],
      ['2019-03', 0, 0, 1],
    ]);
    expect(found.monthly_churn.map((row) => row.is_complete)).toEqual([true, true, false]);
    expect(found.signup_plan.map((row) => row.plan)).toEqual(['PLAN_BRONZE', 'PLAN_GOLD']);
  });

  test('after the data: the months end with the last event all the same', async () => {
    const found = await answers(history, { asOf: '2020-01-01T00:00:00-05:00' });
    expect(counts(found)).toEqual([
      ['2019-01', 1, 0, 1],
      ['2019-02', 1, 1, 1],
      ['2019-03', 0, 1, 0],
      ['2019-04', 1, 1, 0],
    ]);
    expect(found.monthly_churn.every((row) => row.is_complete)).toBe(true);
  });

  test('before the data: nothing', async () => {
    const found = await answers(history, { asOf: '2019-01-05T12:00:00-05:00' });
    expect(found.monthly_churn).toEqual([]);
    expect(found.signup_plan).toEqual([]);
  });
});

describe('a year ends at midnight of the report’s zone', () => {
  const lines = [
    signUp(1, '2019-12-31T23:30:00-05:00'),
    login(1, '2019-12-31T23:59:59.999999-05:00'),
    signUp(2, '2020-01-01T00:00:00-05:00', { plan: 'PLAN_GOLD' }),
    login(2, '2020-01-01T00:00:00-05:00'),
  ];

  test('in Toronto', async () => {
    const found = await answers(lines);
    expect(counts(found)).toEqual([
      ['2019-12', 1, 0, 1],
      ['2020-01', 1, 0, 2],
    ]);
    expect(found.signup_plan).toEqual([
      { year: 2019, plan: 'PLAN_BRONZE', signups: 1, share: 1 },
      { year: 2020, plan: 'PLAN_GOLD', signups: 1, share: 1 },
    ]);
    expect(found.customers_by_province).toEqual([
      { year: 2019, province: 'ON', signups: 1, active_customers: 1 },
      { year: 2020, province: 'ON', signups: 2, active_customers: 2 },
    ]);
  });

  test('in UTC all of this is 2020', async () => {
    const found = await answers(lines, { timeZone: 'UTC' });
    expect(counts(found)).toEqual([['2020-01', 2, 0, 2]]);
    expect(found.signup_plan).toEqual([
      { year: 2020, plan: 'PLAN_BRONZE', signups: 1, share: 0.5 },
      { year: 2020, plan: 'PLAN_GOLD', signups: 1, share: 0.5 },
    ]);
    expect(found.customers_by_province).toEqual([
      { year: 2020, province: 'ON', signups: 2, active_customers: 2 },
    ]);
  });
});

describe('changes of plan', () => {
  test('of two changes the first counts', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00'),
      // The order in time counts, whatever the order in the log.
      planChange(1, '2019-01-31T12:00:00-05:00', bronzeToSilver),
      planChange(1, '2019-01-11T12:00:00-05:00', bronzeToGold),
      planChange(1, '2019-01-21T12:00:00-05:00', goldToSilver),
    ]);
    expect(taken(found)).toEqual([['PLAN_BRONZE', 'PLAN_GOLD', 1, 10]]);
  });

  test('a change that is not away from the plan of sign-up is passed over', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00'),
      planChange(1, '2019-01-11T12:00:00-05:00', goldToSilver),
      planChange(1, '2019-01-12T12:00:00-05:00', { from: 'PLAN_BRONZE', to: 'PLAN_BRONZE' }),
      planChange(1, '2019-01-21T18:00:00-05:00', bronzeToSilver),
    ]);
    expect(taken(found)).toEqual([['PLAN_BRONZE', 'PLAN_SILVER', 1, 20.25]]);
  });

  test('one dated after the last login counts', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00'),
      login(1, '2019-01-02T12:00:00-05:00'),
      planChange(1, '2019-03-02T12:00:00-05:00', bronzeToGold),
    ]);
    expect(taken(found)).toEqual([['PLAN_BRONZE', 'PLAN_GOLD', 1, 60]]);
    expect(counts(found).at(0)).toEqual(['2019-01', 1, 1, 0]);
  });

  test('one before the sign-up does not, one at the same instant does', async () => {
    const found = await answers([
      planChange(1, '2019-01-01T11:59:59.999999-05:00', bronzeToGold),
      signUp(1, '2019-01-01T12:00:00-05:00'),
      planChange(1, '2019-01-02T12:00:00-05:00', bronzeToSilver),
      signUp(2, '2019-01-01T12:00:00-05:00', { plan: 'PLAN_GOLD' }),
      planChange(2, '2019-01-01T12:00:00-05:00', goldToSilver),
    ]);
    expect(taken(found)).toEqual([
      ['PLAN_BRONZE', 'PLAN_SILVER', 1, 1],
      ['PLAN_GOLD', 'PLAN_SILVER', 1, 0],
    ]);
  });

  test('days are 24 hours, with fractions, averaged; a wrong offset does not matter', async () => {
    const found = await answers([
      signUp(1, '2019-03-09T12:00:00-05:00'),
      planChange(1, '2019-03-10T12:00:00-04:00', bronzeToGold),
      signUp(2, '2019-03-09T12:00:00-05:00'),
      planChange(2, '2019-03-11T12:00:00-05:00', bronzeToGold),
    ]);
    expect(taken(found)).toEqual([
      ['PLAN_BRONZE', 'PLAN_GOLD', 2, expect.closeTo((23 / 24 + 2) / 2, 9)],
    ]);
  });

  test('every ordered pair of the plans that are named is a row', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00'),
      signUp(2, '2019-01-01T12:00:00-05:00', { plan: 'PLAN_GOLD' }),
      planChange(3, '2019-01-11T12:00:00-05:00', bronzeToSilver),
    ]);
    const pairs = found.plan_change.map((row) => [row.from_plan, row.to_plan]);
    expect(pairs).toEqual([
      ['PLAN_BRONZE', 'PLAN_GOLD'],
      ['PLAN_BRONZE', 'PLAN_SILVER'],
      ['PLAN_GOLD', 'PLAN_BRONZE'],
      ['PLAN_GOLD', 'PLAN_SILVER'],
      ['PLAN_SILVER', 'PLAN_BRONZE'],
      ['PLAN_SILVER', 'PLAN_GOLD'],
    ]);
    // Nobody: account 3 never signed up.
    for (const row of found.plan_change) {
      expect(row).toMatchObject({ customers: 0, average_days: null });
    }
  });

  test('a single plan makes no pair', async () => {
    const found = await answers([signUp(1, '2019-01-01T12:00:00-05:00')]);
    expect(found.plan_change).toEqual([]);
  });

  test('a change whose details are text is no change', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00'),
      planChange(1, '2019-01-02T12:00:00-05:00', 'from PLAN_BRONZE to PLAN_GOLD'),
    ]);
    expect(found.plan_change).toEqual([]);
  });
});

describe('sign-ups', () => {
  test('of several of one account the first counts, for plan, year, province and days', async () => {
    const found = await answers([
      signUp(1, '2019-12-31T12:00:00-05:00', { address: "'1 Mill Rd., Truro, NS B2N 1A1'" }),
      signUp(1, '2020-01-01T12:00:00-05:00', { plan: 'PLAN_GOLD' }),
      planChange(1, '2020-01-02T12:00:00-05:00', goldToSilver),
      planChange(1, '2020-01-03T12:00:00-05:00', bronzeToSilver),
    ]);
    expect(found.signup_plan).toEqual([{ year: 2019, plan: 'PLAN_BRONZE', signups: 1, share: 1 }]);
    expect(taken(found)).toEqual([['PLAN_BRONZE', 'PLAN_SILVER', 1, 3]]);
    expect(found.customers_by_province).toEqual([
      { year: 2019, province: 'NS', signups: 1, active_customers: 0 },
      { year: 2020, province: 'NS', signups: 1, active_customers: 0 },
    ]);
  });

  test('of two at the same instant the one that comes first in the log', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00', { plan: 'PLAN_SILVER' }),
      signUp(1, '2019-01-01T12:00:00-05:00', { plan: 'PLAN_BRONZE' }),
    ]);
    expect(found.signup_plan.map(({ plan }) => plan)).toEqual(['PLAN_SILVER']);
  });

  test('one without a plan counts as unknown, which is no plan to change from or to', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00', { plan: null }),
      signUp(2, '2019-01-01T12:00:00-05:00'),
      planChange(1, '2019-01-02T12:00:00-05:00', bronzeToGold),
    ]);
    expect(found.signup_plan).toEqual([
      { year: 2019, plan: 'PLAN_BRONZE', signups: 1, share: 0.5 },
      { year: 2019, plan: 'unknown', signups: 1, share: 0.5 },
    ]);
    expect(found.plan_change).toHaveLength(2);
    expect(taken(found)).toEqual([]);
  });

  test('shares are of the year', async () => {
    const found = await answers([
      signUp(1, '2019-01-01T12:00:00-05:00'),
      signUp(2, '2019-01-01T12:00:00-05:00', { plan: 'PLAN_GOLD' }),
      signUp(3, '2019-01-01T12:00:00-05:00', { plan: 'PLAN_GOLD' }),
      signUp(4, '2021-01-01T12:00:00-05:00'),
    ]);
    expect(found.signup_plan).toEqual([
      { year: 2019, plan: 'PLAN_BRONZE', signups: 1, share: 1 / 3 },
      { year: 2019, plan: 'PLAN_GOLD', signups: 2, share: 2 / 3 },
      { year: 2021, plan: 'PLAN_BRONZE', signups: 1, share: 1 },
    ]);
  });
});

describe('customers by province', () => {
  const addresses: [address: string | null, province: string][] = [
    ["'12 Elm St., Kingston, ON K7L 1A1'", 'ON'],
    ["'784 Quay St., Whitehorse,YT Y1A 1N4'", 'YT'],
    ["'87 S. Mill St. Sylvan Lake, AB T4S 7A0'", 'AB'],
    ["'3 Fort Rd., Gander, NF A1V 1A1'", 'NL'],
    ["'3 Fort Rd., Gander, NL A1V 1A1'", 'NL'],
    ["'9 Rue du Port, Trois-Rivières, QC G9A1A1'", 'QC'],
    ['9 Rue du Port, Gaspé, QC  G4X 1A1', 'QC'],
    ["'1 Ulitsa, Dawson, ZZ Y0B 1G0'", 'unknown'],
    ["'1 Mill Rd., Truro, ns B2N 1A1'", 'unknown'],
    ["'1 Mill Rd., Truro, Nova Scotia B2N 1A1'", 'unknown'],
    ["'1 Mill Rd., Truro, NS'", 'unknown'],
    ["'1 Mill Rd., Truro, NS B2N 1A1, Canada'", 'unknown'],
    ["'1 Mill Rd., Truro NS B2N 1A1'", 'unknown'],
    ['', 'unknown'],
    [null, 'unknown'],
  ];

  test('by the end of the address; what cannot be read still counts, and can be looked up', async () => {
    const found = await answers(
      addresses.map(([address], account) =>
        signUp(account, '2019-01-01T12:00:00-05:00', { address }),
      ),
    );
    const { rows } = await database.owner.query<{ address: string | null; province: string }>(
      'select address, province from silver.sign_up order by account',
    );
    expect(rows).toEqual(
      addresses.map(([address, province]) => ({
        address: address?.replaceAll("'", '') ?? null,
        province,
      })),
    );
    const signups = found.customers_by_province.map((row) => [row.province, row.signups]);
    expect(Object.fromEntries(signups)).toEqual({ ON: 1, YT: 1, AB: 1, NL: 2, QC: 2, unknown: 8 });
  });

  test('at the end of each year: who had come, and had not churned by then', async () => {
    const nova = { address: "'1 Mill Rd., Truro, NS B2N 1A1'" };
    const found = await answers([
      signUp(1, '2018-06-01T12:00:00-04:00'),
      login(1, '2018-06-01T12:00:00-04:00'),
      login(1, '2019-06-01T12:00:00-04:00'),
      signUp(2, '2018-06-01T12:00:00-04:00'),
      login(2, '2018-07-01T12:00:00-04:00'),
      signUp(3, '2019-06-01T12:00:00-04:00', nova),
      // Active before the sign-up, by the province that the sign-up gives later.
      login(4, '2019-12-31T12:00:00-05:00'),
      signUp(4, '2020-01-01T12:00:00-05:00', nova),
      login(4, '2020-03-01T12:00:00-05:00'),
      // The last login in the first moment of a year: still there at the end of the one before.
      signUp(6, '2018-06-01T12:00:00-04:00'),
      login(6, '2018-06-01T12:00:00-04:00'),
      login(6, '2019-01-01T00:00:00-05:00'),
      // Never signed up: in no province.
      login(5, '2020-03-01T12:00:00-05:00'),
    ]);
    expect(found.customers_by_province).toEqual([
      { year: 2018, province: 'NS', signups: 0, active_customers: 0 },
      { year: 2018, province: 'ON', signups: 3, active_customers: 2 },
      { year: 2019, province: 'NS', signups: 1, active_customers: 1 },
      { year: 2019, province: 'ON', signups: 3, active_customers: 0 },
      { year: 2020, province: 'NS', signups: 2, active_customers: 1 },
      { year: 2020, province: 'ON', signups: 3, active_customers: 0 },
    ]);
  });
});
