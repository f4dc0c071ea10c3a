// @module-tag heavy
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dryRun, type DryRun, type DryRunOptions } from '../../src/pipeline/dry-run.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook, projectFolder } from './daybook-process.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const january = event(1, '2019-01-05T10:00:00-05:00') + event(2, '2019-01-06T10:00:00-05:00');
const february = event(3, '2019-02-05T10:00:00-05:00');
const march = event(3, '2019-03-05T10:00:00-05:00');

const models = {
  'sql/silver/report.sql': model(
    'time_zone: { type: text }',
    'select time_zone from bronze.report_parameter',
  ),
  'sql/bronze/login.sql': model(
    'account: { type: bigint }, occurred_at: { type: timestamptz }, source_file: { type: text }',
    "select account, occurred_at, source_file from bronze.log_event where log_type = 'LOGIN'",
    'materialized: view\n',
  ),
  'sql/silver/login_month.sql': model(
    'month: { type: date }, n: { type: bigint }',
    "select date_trunc('month', occurred_at at time zone time_zone)::date as month, count(*) as n from bronze.login cross join bronze.report_parameter group by 1",
    'incremental: { from: bronze.login, time: occurred_at, by: month, slice: month, key: [month] }\n',
  ),
  'sql/silver/account.sql': model(
    'account: { type: bigint }',
    'select distinct account from bronze.log_event',
  ),
  'sql/gold/accounts.sql': model(
    'n: { type: bigint }',
    'select count(*) as n from silver.account cross join silver.report',
  ),
  'sql/gold/plain.sql': model('n: { type: integer }', 'select 1 as n'),
};

/** Every row of every table with the transaction that wrote it, and every relation. */
async function everything(): Promise<unknown> {
  const { rows: tables } = await database.owner.query<{ id: string }>(
    `select format('%I.%I', n.nspname, c.relname) as id
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in ('bronze', 'silver', 'gold', 'ops', 'publication')`,
  );
  const rows = await Promise.all(
    tables.map(({ id }) =>
      database.owner.query<object>(
        `select $1 as id, count(*), md5(string_agg(concat(ctid, xmin, t), chr(10) order by ctid)) from ${id} as t`,
        [id],
      ),
    ),
  );
  const { rows: relations } = await database.owner.query<object>(
    `select oid, relname, relkind, relfilenode, relacl::text from pg_class
    where relnamespace <> 'pg_toast'::regnamespace order by oid`,
  );
  return [rows.flatMap((result) => result.rows), relations];
}

const fileActions = ({ files }: DryRun): Record<string, string> =>
  Object.fromEntries(files.map(({ file, action }) => [file, action]));
const modelActions = (dry: DryRun): Record<string, string> =>
  Object.fromEntries(dry.models.map(({ model: id, action }) => [id, action]));

test('foresees what a run does with every file and model, and writes nothing', async () => {
  const { root, write, run } = pipelineWorkspace(database, {
    ...models,
    'data/a.log': january,
    'data/b.log': february,
  });
  const config = { ...database.config, root, dataDir: join(root, 'data') };
  /** A dry run and then the run itself, held against each other. */
  const foreseen = async (options: Partial<DryRunOptions> = {}): Promise<DryRun> => {
    const before = await everything();
    const dry = await dryRun(database.reader, { config, ...options });
    expect(await everything()).toEqual(before);
    const report = await run(options);
    expect(report.status).toBe('passed');
    const done = Object.fromEntries(report.files.map(({ file, reason }) => [file, reason]));
    const meant = dry.files.filter(({ action }) => action !== 'keep');
    expect(Object.fromEntries(meant.map(({ file, reason }) => [file, reason]))).toEqual(done);
    expect(dry.models.map((each) => each.model).sort()).toEqual(
      report.models.map((each) => each.model).sort(),
    );
    for (const { model: id, action, reason } of dry.models) {
      const built = report.models.find((each) => each.model === id)!;
      if (action === 'depends') continue;
      expect([id, built.isBuilt, built.reason]).toEqual([
        id,
        action !== 'keep',
        reason.replace(/; all of it if .*/, ''),
      ]);
    }
    expect([...dry.retired].sort()).toEqual([...report.dropped, ...report.kept].sort());
    return dry;
  };

  const first = await foreseen();
  expect(first.files).toEqual([
    {
      ...{ file: 'a.log', source: 'log_event', action: 'load', reason: 'it is new' },
      ...{ bytes: january.length, lines: null },
    },
    expect.objectContaining({ file: 'b.log', action: 'load' }),
  ]);
  expect(new Set(first.models.map(({ reason }) => reason))).toEqual(
    new Set(['it was never built']),
  );

  const again = await foreseen();
  expect(new Set(Object.values(fileActions(again)))).toEqual(new Set(['keep']));
  expect(new Set(Object.values(modelActions(again)))).toEqual(new Set(['keep']));

  appendFileSync(join(root, 'data/a.log'), february);
  rmSync(join(root, 'data/b.log'));
  write('data/c.log.gz', gzipSync(march));
  write('data/d.log', march.repeat(10));
  const changed = await foreseen();
  expect(fileActions(changed)).toEqual({
    'a.log': 'append',
    'b.log': 'remove',
    'c.log.gz': 'load',
    'd.log': 'load',
  });
  // Three lines of one length are known.
  expect(changed.files.map(({ lines }) => lines)).toEqual([1, null, null, 10]);
  expect(changed.files[0]?.bytes).toBe(february.length);
  expect(modelActions(changed)).toEqual({
    'bronze.login': 'keep',
    'silver.report': 'keep',
    'silver.login_month': 'extend',
    'silver.account': 'build',
    'gold.accounts': 'depends',
    'gold.plain': 'keep',
  });
  expect(changed.models.find((each) => each.model === 'gold.accounts')).toEqual({
    ...{ model: 'gold.accounts', action: 'depends', rows: 1 },
    reason: 'only if the rows of silver.account change',
  });

  // A view with another query, a table that somebody dropped, a model that is gone, another column.
  write('sql/bronze/login.sql', models['sql/bronze/login.sql'].replace("'LOGIN'", "'LOGIN '"));
  await database.owner.query('drop table silver.account');
  rmSync(join(root, 'sql/gold/plain.sql'));
  write('data/d.log', march.repeat(9));
  const rewritten = await foreseen();
  expect(rewritten.retired).toEqual(['gold.plain']);
  expect(modelActions(rewritten)).toMatchObject({
    'bronze.login': 'build',
    'silver.login_month': 'build',
    'gold.accounts': 'build',
  });

  write(
    'sql/silver/account.sql',
    models['sql/silver/account.sql'].replace('description: d', 'description: e'),
  );
  expect(modelActions(await foreseen())).toMatchObject({
    'silver.account': 'describe',
    'gold.accounts': 'keep',
  });
  const selected = await foreseen({ select: ['gold.accounts'], fullRefresh: true });
  expect(modelActions(selected)).toEqual({ 'gold.accounts': 'build' });

  const elsewhere = { ...config, reportTimeZone: 'Asia/Tokyo' };
  expect(modelActions(await foreseen({ config: elsewhere }))).toEqual({
    'bronze.login': 'keep',
    'silver.report': 'build',
    'silver.login_month': 'build',
    'silver.account': 'keep',
    'gold.accounts': 'depends',
  });
});

test('pipeline run --dry-run says it, to people and to machines, in a warehouse that was never used, too', async () => {
  await database.owner.query('drop schema ops, bronze, silver, gold, publication cascade');
  const folder = projectFolder({
    'data/a.log': january,
    'sql/gold/n.sql': models['sql/gold/plain.sql'],
  });
  const run = (...args: string[]) => daybook(database, folder, 'pipeline', 'run', ...args);
  const before = await everything();
  expect(await run('--dry-run')).toEqual({
    exitCode: 0,
    stderr: '',
    stdout: [
      `  load    a.log  ${january.length} bytes`,
      '          it is new',
      '  build   gold.n',
      '          it was never built',
      'files   1 to load',
      'models  1 to build',
      'nothing was written: this was a dry run',
      '',
    ].join('\n'),
  });
  expect(await everything()).toEqual(before);

  expect((await run()).exitCode).toBe(0);
  appendFileSync(join(folder, 'data/a.log'), february);
  expect((await run('--dry-run', '--explain')).stdout.split('\n')).toEqual([
    `  append  a.log  ${february.length} bytes, about 1 line`,
    '          it has grown; only its new lines are loaded',
    '  keep    gold.n  1 row now',
    '          nothing that it is made of changed',
    'files   1 to append',
    'models  1 unchanged',
    'nothing was written: this was a dry run',
    '',
  ]);
  expect(JSON.parse((await run('--dry-run', '--json')).stdout)).toEqual({
    files: [
      {
        ...{
          file: 'a.log',
          source: 'log_event',
          action: 'append',
          bytes: february.length,
          lines: 1,
        },
        reason: 'it has grown; only its new lines are loaded',
      },
    ],
    passedOver: [],
    models: [
      {
        ...{ model: 'gold.n', action: 'keep', rows: 1 },
        reason: 'nothing that it is made of changed',
      },
    ],
    retired: [],
    refused: null,
    busy: null,
  });
  expect(await run('--dry-run', '--max-rejects', '1')).toMatchObject({ exitCode: 2 });

  // What is left of a run that failed.
  writeFileSync(
    join(folder, 'sql/gold/n.sql'),
    models['sql/gold/plain.sql'].replace('1 as', '1/0 as'),
  );
  expect((await run()).exitCode).toBe(1);
  expect((await run('--dry-run', '--resume', 'last')).stdout).toContain('  build   gold.n');
});
