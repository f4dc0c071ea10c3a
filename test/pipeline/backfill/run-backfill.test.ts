// @module-tag heavy
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  askBackfillToStop,
  beginBackfill,
  findBackfill,
  type BackfillSlice,
} from '../../../src/history/runs/backfill-record.js';
import { planBackfill } from '../../../src/pipeline/backfill/plan-backfill.js';
import {
  runBackfill,
  type RunBackfillOptions,
} from '../../../src/pipeline/backfill/run-backfill.js';
import { readWidth, slicesOf } from '../../../src/pipeline/backfill/slices.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { event, model, pipelineWorkspace } from '../pipeline-workspace.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const models = {
  'sql/silver/login_month.sql': model(
    'account: { type: bigint }, slice: { type: date }, logins: { type: bigint }',
    `select account, date_trunc('month', occurred_at at time zone time_zone)::date as slice, count(*) as logins
    from bronze.log_event cross join bronze.report_parameter group by 1, 2`,
    'incremental: { from: bronze.log_event, time: occurred_at, by: month, slice: slice, key: [account, slice] }\n',
  ),
  'sql/silver/file.sql': model(
    'source_file: { type: text }, events: { type: bigint }',
    'select source_file, count(*) as events from bronze.log_event group by source_file',
    'incremental: { from: bronze.log_event, by: file, slice: source_file, key: [source_file] }\n',
  ),
  'sql/gold/total.sql': model(
    'slice: { type: date }, logins: { type: bigint }',
    'select slice, sum(logins)::bigint as logins from silver.login_month group by 1',
  ),
};

/** A file a month, whose last event belongs to the next month. */
const monthFiles = Object.fromEntries(
  ['2024-01', '2024-02', '2024-03', '2024-04', '2024-05'].map((month, index) => [
    `data/events-${month}.log`,
    event(1, `${month}-03T10:00:00Z`) +
      event(index, `${month}-20T10:00:00Z`) +
      event(2, `2024-0${index + 2}-01T12:00:00Z`),
  ]),
);

const tables = ['silver.login_month', 'silver.file', 'gold.total'];

async function content(): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of tables) {
    const { rows } = await database.owner.query<object>(`select * from ${table} order by 1, 2`);
    found[table] = rows;
  }
  return found;
}

const request = {
  ...{ fromDay: '2024-01-01', toDay: '2024-05-31', newestFirst: false },
  ...{ width: '1 month', selected: [] as string[] },
};

function backfills(work: ReturnType<typeof pipelineWorkspace>) {
  const config = { ...database.config, root: work.root, dataDir: `${work.root}/data` };
  const slicesFor = ({ fromDay, toDay, width, newestFirst }: typeof request) =>
    slicesOf(
      { from: fromDay, to: toDay },
      readWidth(width) ?? { count: 1, unit: 'month' },
      newestFirst,
    );
  return {
    config,
    slicesFor,
    begin: (asked: typeof request) =>
      beginBackfill(
        database.owner,
        { ...asked, dataDir: config.dataDir },
        [
          ...slicesFor(asked).map(({ from, to }) => ({ fromDay: from, toDay: to })),
          { fromDay: null, toDay: null },
        ],
        'somebody',
      ),
    run: (id: number, options: Partial<RunBackfillOptions> = {}) =>
      runBackfill(id, {
        ...{ warehouse: database, config, process: 'here:1' },
        signal: new AbortController().signal,
        ...options,
      }),
  };
}

test('whatever the slices, the order and where it is cut off, the tables are those of a full build', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('1 month', '45 days', '2 months', '1 year'),
      fc.boolean(),
      fc.constantFrom<string[]>([], ['login_month+'], ['gold.total', 'silver.*']),
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
      async (width, newestFirst, selected, cuts) => {
        await database.drop();
        database = await createTestDatabase();
        const work = pipelineWorkspace(database, { ...models, ...monthFiles });
        const { begin, run } = backfills(work);
        const id = await begin({ ...request, width, newestFirst, selected });
        const done: number[] = [];
        for (const cut of cuts) {
          const stop = new AbortController();
          let left = cut;
          const onSlice = ({ slice, status }: BackfillSlice): void => {
            if (status === 'passed') done.push(slice);
            left -= 1;
            if (left === 0) stop.abort(new Error('cut off'));
          };
          await run(id, { signal: stop.signal, onSlice }).catch(() => undefined);
        }
        const ended = await run(id, {
          onSlice: ({ slice, status }) => {
            if (status === 'passed') done.push(slice);
          },
        });
        expect(ended.status).toBe('passed');
        expect(done).toEqual(ended.slices.map(({ slice }) => slice));
        const after = selected.includes('login_month+')
          ? (await work.run(), await content())
          : await content();
        await work.run({ fullRefresh: true });
        expect(after).toEqual(await content());
      },
    ),
    { numRuns: 6 },
  );
});

test('rows that somebody spoiled by hand are built again in the period, and only there', async () => {
  const work = pipelineWorkspace(database, { ...models, ...monthFiles });
  await work.run();
  const before = await content();
  await database.owner.query('update silver.login_month set logins = logins + 100');
  const { begin, run } = backfills(work);
  const id = await begin({ ...request, fromDay: '2024-02-10', toDay: '2024-03-31' });
  await run(id);
  const { rows } = await database.owner.query<{ slice: string }>(
    'select distinct slice::text from silver.login_month where logins > 100 order by 1',
  );
  expect(rows.map(({ slice }) => slice)).toEqual([
    '2024-01-01',
    '2024-04-01',
    '2024-05-01',
    '2024-06-01',
  ]);
  await database.owner.query(
    'update silver.login_month set logins = logins - 100 where logins > 100',
  );
  expect((await content())['silver.login_month']).toEqual(before['silver.login_month']);
});

test('a daily run comes between two slices', async () => {
  const work = pipelineWorkspace(database, { ...models, ...monthFiles });
  await work.run({ only: 'load' });
  const { begin, run } = backfills(work);
  const id = await begin(request);
  let daily: Promise<unknown> | undefined;
  let dailyEnded = 0;
  const after: number[] = [];
  const ended = await run(id, {
    onEvent: ({ type }) => {
      if (type !== 'run_started' || daily !== undefined) return;
      daily = work.run({ trigger: 'daily' }).then(() => (dailyEnded = after.length));
    },
    onSlice: ({ slice }) => after.push(slice),
  });
  await daily;
  expect(ended.status).toBe('passed');
  expect(dailyEnded).toBe(1);
  const { rows } = await database.owner.query<{ trigger: string }>(
    'select trigger from ops.pipeline_run order by run_id limit 3 offset 1',
  );
  expect(rows.map(({ trigger }) => trigger)).toEqual([
    ...['backfill 1, 2024-01-01 to 2024-01-31', 'daily', 'backfill 1, 2024-02-01 to 2024-02-29'],
  ]);
});

test('somebody stops it, one process is at it, and a slice that failed is done again alone', async () => {
  const work = pipelineWorkspace(database, { ...models, ...monthFiles });
  const { begin, run, config, slicesFor } = backfills(work);
  const plan = await planBackfill(
    database.owner,
    config,
    { ...request, dataDir: config.dataDir },
    slicesFor(request),
  );
  expect(plan.slices.map(({ files }) => files)).toEqual([1, 1, 1, 1, 1]);
  expect(plan.atEnd).toEqual(['gold.total']);
  expect(plan.expectedMs).toBeNull();

  const id = await begin(request);
  let second: unknown;
  const stopped = await run(id, {
    onSlice: ({ slice }) => {
      if (slice !== 1) return;
      second ??= run(id).catch((error: unknown) => error);
    },
    onEvent: ({ type, ...rest }) => {
      if (type !== 'run_started' || !('runId' in rest) || rest.runId < 2) return;
      void askBackfillToStop(database.owner, id, 'ann');
    },
  });
  expect(await second).toMatchObject({ code: 'RUN_BUSY' });
  // It may have been done before it was seen.
  if (stopped.status !== 'passed') expect(stopped.status).toBe('stopped');

  work.write(
    'sql/gold/total.sql',
    models['sql/gold/total.sql'].replace('sum(logins)', 'sum(1 / 0)'),
  );
  const failed = await run(id);
  if (stopped.status !== 'passed') {
    expect(failed.status).toBe('failed');
    expect(failed.slices.at(-1)).toMatchObject({ fromDay: null, status: 'failed' });
    expect(failed.slices.at(-1)?.tasks['gold.total']).toBe('failed');
  }
  work.write('sql/gold/total.sql', models['sql/gold/total.sql']);
  expect((await run(id)).status).toBe('passed');
  expect(await findBackfill(database.reader, 'last')).toMatchObject({
    ...{ status: 'passed', askedBy: 'somebody' },
  });
});
