// @module-tag heavy
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitsBySource } from '../../src/pipeline/load/limits/source-limits.js';
import { replayRejects } from '../../src/pipeline/rejects/replay-rejects.js';
import { readProject } from '../../src/pipeline/project/read-project.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { defaultSchemas } from '../../src/config/project/project-settings.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';
import type { ModelReport, PipelineReport } from '../../src/history/reports/pipeline-report.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const login = model(
  'account: { type: bigint }, occurred_at: { type: timestamptz }, source_file: { type: text }',
  "select account, occurred_at, source_file from bronze.log_event where log_type = 'LOGIN'",
  'materialized: view\n',
);

/** The same, lines told apart. */
const loginLine = model(
  'account: { type: bigint }, occurred_at: { type: timestamptz }, source_file: { type: text }, line_number: { type: bigint }',
  "select account, occurred_at, source_file, line_number from bronze.log_event where log_type = 'LOGIN'",
  'materialized: view\n',
);

/** The last login of an account in a file: a new line takes an old one away. */
const lastLogin = model(
  'account: { type: bigint }, occurred_at: { type: timestamptz }, source_file: { type: text }, line_number: { type: bigint }',
  `select distinct on (source_file, account) account, occurred_at, source_file, line_number
  from bronze.log_event where log_type = 'LOGIN' order by source_file, account, line_number desc`,
  'materialized: view\n',
);

/** Logins by account and a unit of the calendar. */
const byUnit = (unit: string, from = 'bronze.login') =>
  model(
    'account: { type: bigint }, slice: { type: date }, logins: { type: bigint }, last_at: { type: timestamptz }',
    `select account, date_trunc('${unit}', occurred_at at time zone time_zone)::date as slice,
      count(*) as logins, max(occurred_at) as last_at
    from ${from} cross join bronze.report_parameter
    group by 1, 2`,
    `incremental: { from: ${from}, time: occurred_at, by: ${unit}, slice: slice, key: [account, slice] }\n`,
  );
const byFile = model(
  'source_file: { type: text }, events: { type: bigint }',
  'select source_file, count(*) as events from bronze.log_event group by source_file',
  'incremental: { from: bronze.log_event, by: file, slice: source_file, key: [source_file] }\n',
);
/** Events of which some have no time, and some one that no calendar has. */
const timed = model(
  'at: { type: timestamptz }, source_file: { type: text }',
  `select
    case log_type when 'LOGIN' then occurred_at when 'EVER' then 'infinity' when 'ALWAYS' then '-infinity' end as at,
    source_file
  from bronze.log_event`,
  'materialized: view\n',
);
const timedMonth = model(
  'slice: { type: date }, events: { type: bigint }',
  `select date_trunc('month', at at time zone time_zone)::date as slice, count(*) as events
  from bronze.timed cross join bronze.report_parameter group by 1`,
  'incremental: { from: bronze.timed, time: at, by: month, slice: slice, key: [slice] }\n',
);
const models = {
  'sql/bronze/timed.sql': timed,
  'sql/silver/timed_month.sql': timedMonth,
  'sql/bronze/login.sql': login,
  'sql/bronze/login_line.sql': loginLine,
  'sql/silver/login_line_month.sql': byUnit('month', 'bronze.login_line'),
  'sql/bronze/last_login.sql': lastLogin,
  'sql/silver/last_login_month.sql': byUnit('month', 'bronze.last_login'),
  'sql/silver/login_day.sql': byUnit('day'),
  'sql/silver/login_month.sql': byUnit('month'),
  'sql/silver/file.sql': byFile,
};

const reportOf = (report: PipelineReport, id: string): ModelReport | undefined =>
  report.models.find((each) => each.model === id);

async function sqlOf(runId: number, task: string): Promise<string> {
  const { rows } = await database.owner.query<{ sql: string }>(
    'select sql from ops.task_run where run_id = $1 and task = $2',
    [runId, task],
  );
  return rows[0]?.sql ?? '';
}

/** The slices that a run built again of a model. */
async function builtSlices(runId: number, task: string): Promise<string[]> {
  const sql = await sqlOf(runId, task);
  const [, list = ''] = /daybook_slices where \(.*?\(array\[(.*?)\]::date/.exec(sql) ?? [];
  return [...list.matchAll(/'(.*?)'/g)].map(([, slice = '']) => slice);
}

/** The months of the logins in a file from a line on. */
async function monthsBehind(file: string, line: number): Promise<string[]> {
  const { rows } = await database.owner.query<{ month: string }>(
    `select distinct date_trunc('month', occurred_at at time zone time_zone)::date::text as month
    from bronze.login_line cross join bronze.report_parameter
    where source_file = $1 and line_number >= $2 order by 1`,
    [file, line],
  );
  return rows.map(({ month }) => month);
}

/** The rows that each model has, and those that its query gives. */
async function tables() {
  const found = { built: {} as Record<string, unknown[]>, wanted: {} as Record<string, unknown[]> };
  for (const [path, text] of Object.entries(models)) {
    const [, schema = '', name = ''] = /sql\/(\w+)\/(\w+)\.sql/.exec(path) ?? [];
    const query = text.slice(text.indexOf('*/') + 2);
    const sorted = async (sql: string) =>
      (await database.owner.query<object>(`select * from (${sql}) as t order by 1, 2`)).rows;
    found.built[name] = await sorted(`select * from ${schema}.${name}`);
    found.wanted[name] = await sorted(query);
  }
  return found;
}

describe('an incremental model', () => {
  test('builds only the months of new events, also of late ones and of ones that are gone', async () => {
    const { run, write, root } = pipelineWorkspace(
      database,
      {
        ...models,
        'data/1.log': event(1, '2019-01-05T10:00:00-05:00') + event(2, '2019-02-06T10:00:00-05:00'),
        'data/2.log': event(1, '2019-03-05T10:00:00-05:00'),
      },
      { allowRemoval: true },
    );
    const first = await run();
    expect(reportOf(first, 'silver.login_month')).toMatchObject({ status: 'passed', rows: 3 });

    // April, and an event of January that comes late. The last hour of January lies in February, in UTC.
    write(
      'data/3.log',
      event(2, '2019-04-05T10:00:00-04:00') + event(2, '2019-01-31T23:30:00-05:00'),
    );
    const second = await run();
    expect(second.status).toBe('passed');
    expect(reportOf(second, 'silver.login_month')).toMatchObject({
      status: 'passed',
      reason: 'bronze.log_event changed',
      rows: 5,
    });
    const sql = await sqlOf(second.runId, 'silver.login_month');
    expect(sql).toContain(
      'delete from "silver"."login_month" where "slice" = any (array[\'2019-01-01\', \'2019-04-01\']::date[])',
    );
    // Of the files only those with events in these months are read.
    expect(sql).toContain("source_file = any (array['1.log', '3.log']::text[])");
    const { built, wanted } = await tables();
    expect(built).toEqual(wanted);

    rmSync(join(root, 'data/1.log'));
    const third = await run();
    expect(await sqlOf(third.runId, 'silver.login_month')).toContain(
      "['2019-01-01', '2019-02-01']",
    );
    const after = await tables();
    expect(after.built).toEqual(after.wanted);
    expect(after.built['login_month']).toHaveLength(3);
    expect(reportOf(await run(), 'silver.login_month')).toMatchObject({ isBuilt: false });
  });

  test('is built as a whole when anything but its files changed, and by a full refresh', async () => {
    const { run, write, root } = pipelineWorkspace(database, {
      ...models,
      'data/1.log': event(1, '2019-01-31T23:30:00-05:00'),
    });
    await run();
    const config = { ...database.config, root, dataDir: join(root, 'data'), reportTimeZone: 'UTC' };
    expect(reportOf(await run({ config }), 'silver.login_month')).toMatchObject({
      status: 'passed',
      reason: 'bronze.report_parameter changed',
    });
    expect((await tables()).built['login_month']).toMatchObject([{ slice: '2019-02-01' }]);
    write('sql/bronze/login.sql', login.replace("'LOGIN'", "'LOGIN' and account > 1"));
    expect(reportOf(await run({ config }), 'silver.login_month')).toMatchObject({
      reason: 'bronze.login changed',
      rows: 0,
    });
    expect(reportOf(await run({ config, fullRefresh: true }), 'silver.file')).toMatchObject({
      status: 'unchanged',
      reason: 'everything is built again',
    });
  });

  test('is tested as the whole table, and by its key; a slice that is not one is named', async () => {
    const { run, write } = pipelineWorkspace(database, {
      ...models,
      'data/1.log': event(1, '2019-01-05T10:00:00-05:00'),
    });
    const text = byFile.replace(
      '*/',
      'tests:\n  - { name: few, sql: select count(*) from silver.file having count(*) > 1 }\n*/',
    );
    write('sql/silver/file.sql', text);
    expect((await run()).status).toBe('passed');
    write('data/2.log', event(1, '2019-02-05T10:00:00-05:00'));
    expect(reportOf(await run(), 'silver.file')).toMatchObject({
      status: 'failed',
      error: { code: 'TEST_FAILED', failures: [{ test: 'few', count: 1 }] },
    });
    const published = async () =>
      (await database.owner.query<object>('select source_file from silver.file')).rows;
    expect(await published()).toEqual([{ source_file: '1.log' }]);
    // Nor does a full refresh replace what was published.
    expect(reportOf(await run({ fullRefresh: true }), 'silver.file')).toMatchObject({
      status: 'failed',
      error: { code: 'TEST_FAILED', failures: [{ test: 'few', rows: [{ count: 2 }] }] },
    });
    expect(await published()).toEqual([{ source_file: '1.log' }]);
    // What it could not publish is still to be built.
    write('sql/silver/file.sql', byFile);
    expect(reportOf(await run(), 'silver.file')).toMatchObject({ status: 'passed', rows: 2 });

    write('sql/silver/file.sql', byFile.replace('group by', 'group by account,'));
    write('sql/silver/login_month.sql', byUnit('month').replace("trunc('month'", "trunc('day'"));
    write(
      'data/2.log',
      event(1, '2019-02-05T10:00:00-05:00') + event(2, '2019-02-06T10:00:00-05:00'),
    );
    const report = await run();
    expect(reportOf(report, 'silver.file')?.error?.failures).toMatchObject([
      { test: 'key(source_file)', rows: [{ source_file: '2.log', rows: 2 }] },
    ]);
    expect(reportOf(report, 'silver.login_month')?.error).toMatchObject({
      code: 'MODEL_FAILED',
      where: 'sql/silver/login_month.sql',
      message: expect.stringMatching(/slice = 2019-\d\d-0[56], which is not its slice/),
    });
  });

  // Clocks that are put over midnight, back or forward, and a day that was left out.
  test.each([
    ['America/Havana', '2015-11-01T04:30:00Z'],
    ['Atlantic/Azores', '2019-10-27T00:30:00Z'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ])('counts in %s the first events of a day, %s', async (reportTimeZone, first) => {
    const { run, write, root } = pipelineWorkspace(database, models);
    const config = {
      ...{ ...database.config, root, dataDir: join(root, 'data') },
      reportTimeZone,
    };
    const at = (minutes: number) =>
      event(1, new Date(Date.parse(first) + minutes * 60_000).toISOString());
    const around = Array.from({ length: 100 }, (_, index) => at((index - 50) * 30));
    write('data/around.log', around.join(''));
    await run({ config });
    for (const minutes of [-60, 0, 60]) {
      write(`data/${minutes}.log`, at(minutes));
      expect(await run({ config })).toMatchObject({ status: 'passed' });
      const { built, wanted } = await tables();
      expect(built).toEqual(wanted);
    }
  });

  test('builds of a file that has grown only the slices of its new lines', async () => {
    const months = Array.from(
      { length: 12 },
      (_, month) => `2019-${String(month + 1).padStart(2, '0')}`,
    );
    const year = months.map((month) => event(1, `${month}-05T10:00:00-04:00`)).join('');
    const march = event(2, '2019-03-05T10:00:00-04:00');
    const september = event(2, '2019-09-05T10:00:00-04:00');
    const { run, write } = pipelineWorkspace(
      database,
      { ...models, 'data/year.log': year },
      { allowRemoval: true },
    );
    const built = async (lines: string, name = 'login_line_month', options = {}) => {
      write('data/year.log', lines);
      const { runId, status } = await run(options);
      expect(status).toBe('passed');
      return builtSlices(runId, `silver.${name}`);
    };
    const all = months.map((month) => `${month}-01`);
    await built(year);
    // The last line has no end yet: it may become another one.
    const open = year + march + september.trimEnd();
    expect(await built(open)).toEqual(['2019-03-01', '2019-09-01']);
    expect(await built(`${open}\n${march}`)).toEqual(['2019-03-01', '2019-09-01']);
    // Loaded anew with the same lines it goes on where it was.
    await built(`${open}\n${march}`, 'login_line_month', { fullRefresh: true });
    expect(await built(`${open}\n${march}${march}`)).toEqual(['2019-03-01']);
    // Of a view that does not pass on the numbers of lines, nobody can tell; nor where a line is another one.
    expect(await built(`${open}\n${march}${march}${march}`, 'login_month')).toEqual(all);
    expect(await built(`${year}${september}\n`)).toEqual(all);
    const found = await tables();
    expect(found.built).toEqual(found.wanted);
  });

  test('counts a line that was mended before new ones came', async () => {
    const [early, late] = ['2019-01-05T10:00:00-05:00', '2030-02-05T10:00:00-05:00'];
    const lines = event(1, early).repeat(11) + event(2, late) + event(1, early);
    const { run, write, root } = pipelineWorkspace(database, { ...models, 'data/1.log': lines });
    await run();
    const { sources } = await readProject(root, defaultSchemas);
    const limitsOf = limitsBySource(
      sources,
      { ...database.config.limits, maxFutureMs: Infinity },
      {},
    );
    const { signal } = new AbortController();
    expect(await replayRejects(database.owner, sources, { limitsOf, signal })).toMatchObject({
      loaded: 1,
    });
    write('data/1.log', lines + event(3, '2019-04-05T10:00:00-05:00'));
    expect((await run()).status).toBe('passed');
    const { built, wanted } = await tables();
    expect(built).toEqual(wanted);
    expect(built['login_line_month']).toHaveLength(3);
  });

  test('has the rows of a full build after any files came, grew, changed and went', async () => {
    const date = fc
      .tuple(fc.integer({ min: 0, max: 12 * 31 * 24 }), fc.constantFrom('-05:00', 'Z', '+14:00'))
      .map(([hours, zone]) => {
        const at = new Date(Date.UTC(2019, 0, 1) + hours * 3_600_000).toISOString();
        return `${at.slice(0, 19)}${zone}`;
      });
    const line = fc
      .tuple(
        fc.integer({ min: 1, max: 3 }),
        date,
        fc.constantFrom('LOGIN', 'LOGIN', 'UPLOAD', 'EVER', 'ALWAYS'),
      )
      .map(([account, at, type]) => event(account, at, type));
    // A month of its own, with one more event that may have no time.
    const written = (file: 'a' | 'b', month: number, type = 'LOGIN') => {
      const at = `2019-0${month}-05T10:00:00Z`;
      return {
        ...({ file, how: 'write', isOpen: false } as const),
        lines: event(1, at) + event(2, at, type),
      };
    };
    const change = fc.record({
      file: fc.constantFrom('a', 'b', 'c', 'd'),
      how: fc.constantFrom('write', 'append', 'append', 'remove'),
      lines: fc.array(line, { maxLength: 6 }).map((lines) => lines.join('')),
      // Of the last line the line feed, so that what follows becomes a part of it.
      isOpen: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
        async (runs) => {
          const { run, write, root } = pipelineWorkspace(
            database,
            {
              ...models,
              'data/always.log': event(1, '2019-06-05T10:00:00-04:00'),
            },
            { allowRemoval: true, maxRejects: { percent: 100 } },
          );
          const files = new Map<string, string>();
          for (const changes of runs) {
            const [only, second] = changes;
            const loaded =
              only?.how === 'append' && second === undefined ? files.get(only.file) : '';
            for (const { file, how, lines: text, isOpen } of changes) {
              const lines = isOpen ? text.trimEnd() : text;
              const old = files.get(file);
              if (how === 'remove') {
                files.delete(file);
                rmSync(join(root, `data/${file}.log`), { force: true });
              } else {
                files.set(file, how === 'append' ? (old ?? '') + lines : lines);
                write(`data/${file}.log`, files.get(file) ?? '');
              }
            }
            const { runId, status } = await run();
            expect(status).toBe('passed');
            const { built, wanted } = await tables();
            expect(built).toEqual(wanted);
            if (only === undefined || loaded?.endsWith('\n') !== true) continue;
            const added = await monthsBehind(`${only.file}.log`, loaded.split('\n').length);
            expect(await builtSlices(runId, 'silver.login_line_month')).toEqual(added);
          }
        },
      ),
      { numRuns: 6, examples: [[[[written('a', 1)], [written('b', 2, 'UPLOAD')]]]] },
    );
  });
});
