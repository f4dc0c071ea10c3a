// @module-tag heavy
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { findSubdivision } from '../../src/chart/figure/subdivisions.js';
import { isJsonObject } from '../../src/nbformat/notebook.js';
import { formatCount, formatMonth, formatNumber, formatPercent } from '../../src/display/index.js';
import { prepareLogs } from '../../sample-logs/generate-logs.js';
import { analyseFolder } from '../analyses/analyse.js';
import type { Answers } from '../analyses/second-computation.js';
import { buildIfNeeded } from '../build.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { requireShared } from '../requirement.js';
import { runAndRead, type Shown } from './shown.js';

const paths = ['customer-churn', 'plans', 'geography'].map((name) => `notebooks/${name}.ipynb`);

/** Each makes a folder of logs, or leaves its tests out. */
const logs: Record<string, (folder: string, context: TestContext) => Promise<string>> = {
  'generated logs of two years': async (folder) => {
    await prepareLogs({ accounts: '150', months: '14', seed: '3' })(folder);
    return folder;
  },
  'the real logs': (_folder, context) => Promise.resolve(requireShared(context, 'data')),
  'a single login': async (folder) => {
    const line =
      '{"date":"2019-05-01T12:00:00-04:00","log_type":"LOGIN","level":"INFO","account":1}';
    await writeFile(join(folder, 'one.log'), `${line}\n`);
    return folder;
  },
  'one plan, nobody gone': async (folder) => {
    const lines = [10, 11, 12].flatMap((account) => [
      { date: '2019-05-01T12:00:00-04:00', log_type: 'LOGIN', level: 'INFO', account },
      {
        ...{ date: '2019-05-01T12:01:00-04:00', log_type: 'SIGN_UP', level: 'INFO', account },
        ...{ plan: 'PLAN_GOLD', address: "'1 Main St., Whitehorse, YT Y1A 1N4'" },
      },
      { date: '2019-06-25T12:00:00-04:00', log_type: 'LOGIN', level: 'INFO', account },
      { date: '2019-07-10T12:00:00-04:00', log_type: 'LOGIN', level: 'INFO', account },
    ]);
    await writeFile(
      join(folder, 'a.log'),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    return folder;
  },
};

interface Run {
  answers: Answers;
  churn: Shown;
  plans: Shown;
  geography: Shown;
}
const runs = new Map<string, Promise<Run>>();
const databases: TestDatabase[] = [];
let folder: string;

beforeAll(async () => {
  buildIfNeeded(root);
  folder = await mkdtemp(join(tmpdir(), 'daybook-content-'));
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  await rm(folder, { recursive: true });
});

/** Pipeline and notebooks on some logs, once for all tests that look at them. */
async function runOn(name: string, makeLogs: (typeof logs)[string], context: TestContext) {
  const target = join(folder, name);
  await mkdir(target, { recursive: true });
  const known = runs.get(name);
  if (known !== undefined) return known;
  const dataDir = await makeLogs(target, context);
  const run = (async (): Promise<Run> => {
    const database = await createTestDatabase();
    databases.push(database);
    const answers = await analyseFolder(database, dataDir);
    const [churn, plans, geography] = await runAndRead(database, paths);
    return { answers, churn: churn!, plans: plans!, geography: geography! };
  })();
  runs.set(name, run);
  return run;
}

describe.each(Object.entries(logs))('on %s', { timeout: 300_000 }, (name, makeLogs) => {
  const each = (check: (shown: Shown) => void) => async (context: TestContext) => {
    const { churn, plans, geography } = await runOn(name, makeLogs, context);
    [churn, plans, geography].forEach(check);
  };

  test(
    'nothing but results is shown, and no value that a program would print',
    each(({ noise, texts }) => {
      expect(noise).toEqual([]);
      expect(
        texts.filter((text) => /\b(NaN|undefined|null|Infinity|Invalid)\b/.test(text)),
      ).toEqual([]);
    }),
  );

  test(
    'the counts by the log lines agree with the tables',
    each(({ texts }) => {
      expect(texts.at(-1)).toMatch(/^- The counts agree: /);
    }),
  );

  test(
    'every chart says what to see, how to read it, what it shows, its source, and its units',
    each(({ charts }) => {
      for (const { title, caption, alt, source, traces, layout } of charts) {
        expect([title, caption, alt, source].filter((text) => !text)).toEqual([]);
        expect(new Set([title, caption, alt]).size).toBe(3);
        expect(source).toMatch(/^gold\.\w+$/);
        const scales = [layout['xaxis'], layout['yaxis'], traces[0]?.colorbar];
        expect(scales.some((scale) => isJsonObject(scale) && isJsonObject(scale['title']))).toBe(
          true,
        );
        expect(traces.length).toBeGreaterThan(0);
      }
    }),
  );

  test('churn says what gold.monthly_churn says', async (context) => {
    const { answers, churn } = await runOn(name, makeLogs, context);
    const months = answers.monthly_churn;
    const complete = months.filter((month) => month.is_complete);
    const latest = complete.at(-1);
    expect(churn.metrics).toEqual({
      'Churn rate': formatPercent(latest?.churn_rate),
      Churned: formatNumber(latest?.churned_customers),
      New: formatNumber(latest?.new_customers),
      'Active at the end': formatNumber(latest?.active_customers),
    });
    const came = sum(months, 'new_customers');
    const left = sum(months, 'churned_customers');
    expect(churn.texts.join('\n')).toContain(
      `Of the **${formatCount(came, 'customer')}** who ever logged in, **${formatNumber(left)}**`,
    );
    const [rates, books] = churn.charts;
    expect(rates?.traces[0]?.y).toEqual(months.map((month) => month.churn_rate));
    expect(books?.traces.map(({ y }) => y)).toEqual([
      months.map((month) => month.new_customers),
      months.map((month) => (month.churned_customers === 0 ? 0 : -month.churned_customers)),
      months.map((month) => month.active_customers),
    ]);
    const highest = Math.max(...complete.map((month) => month.churn_rate ?? 0));
    const peak = complete.find((month) => month.churn_rate === highest);
    expect(rates?.title).toBe(
      peak === undefined
        ? 'No month can be judged yet'
        : highest === 0
          ? `Nobody left in ${formatCount(complete.length, 'complete month')}`
          : `Churn peaked in ${formatMonth(peak.month)} at ${formatPercent(highest)}`,
    );
  });

  test('incomplete months are drawn as such, and the caption names the first', async (context) => {
    const { answers, churn } = await runOn(name, makeLogs, context);
    const incomplete = answers.monthly_churn.filter((month) => !month.is_complete);
    const [bars] = churn.charts[0]!.traces as unknown as [
      { marker: { pattern: { shape: string[] } } },
    ];
    expect(bars.marker.pattern.shape.filter((shape) => shape === '/')).toHaveLength(
      incomplete.length,
    );
    for (const { caption } of churn.charts) {
      expect(caption).toContain(formatMonth(incomplete[0]?.month ?? ''));
    }
  });

  test('plans says what gold.signup_plan and gold.plan_change say', async (context) => {
    const { answers, plans } = await runOn(name, makeLogs, context);
    const signups = sum(answers.signup_plan, 'signups');
    const changed = sum(answers.plan_change, 'customers');
    const days = answers.plan_change.reduce(
      (total, row) => total + row.customers * (row.average_days ?? 0),
      0,
    );
    expect(plans.metrics).toMatchObject({
      'Sign-ups': formatNumber(signups),
      'Changed plan': formatNumber(changed),
      'Time to the change': changed === 0 ? '–' : formatNumber(days / changed, 1),
    });
    const taken = answers.plan_change.filter((row) => row.customers > 0);
    const ways = plans.charts.find(({ source }) => source === 'gold.plan_change');
    expect(sorted(ways?.traces[0]?.x ?? [])).toEqual(sorted(taken.map((row) => row.customers)));
    const shares = plans.charts[0]?.traces.flatMap(({ x = [] }) =>
      x.filter((share) => share !== 0),
    );
    expect(sorted(shares ?? [])).toEqual(sorted(answers.signup_plan.map((row) => row.share)));
  });

  test('geography says what gold.customers_by_province says', async (context) => {
    const { answers, geography } = await runOn(name, makeLogs, context);
    const year = Math.max(...answers.customers_by_province.map((row) => row.year));
    const rows = answers.customers_by_province.filter((row) => row.year === year);
    expect(geography.metrics['Active customers']).toBe(formatNumber(sum(rows, 'active_customers')));
    expect(sorted(geography.charts[0]?.traces[0]?.x ?? [])).toEqual(
      sorted(rows.map((row) => row.active_customers)),
    );
    const map = geography.charts.find(({ traces }) => traces[0]?.locations !== undefined);
    const placed = rows.filter((row) => row.active_customers > 0 && row.province !== 'unknown');
    expect(sorted(map?.traces[0]?.z ?? [])).toEqual(
      sorted(placed.map((row) => row.active_customers)),
    );
    const drawn = new Map(
      (map?.traces[0]?.locations ?? []).map((name, at) => [name, map?.traces[0]?.z?.[at]]),
    );
    for (const { province, active_customers: active } of placed) {
      expect(drawn.get(findSubdivision(`CA-${province}`)?.name ?? '')).toBe(active);
    }
    const years = new Set(answers.customers_by_province.map((row) => row.year));
    const lines = geography.charts.filter(({ title }) => title.includes(' than at the end of '));
    expect(lines.length).toBe(years.size > 1 ? 1 : 0);
  });
});

function sum<Key extends string>(rows: readonly Record<Key, number>[], key: Key): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

function sorted(values: readonly unknown[]): unknown[] {
  return [...(values as number[])].sort((a, b) => a - b);
}
