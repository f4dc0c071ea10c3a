// @module-tag heavy
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { table } from 'daybook/pipeline';
import type { Notebook } from '../../src/nbformat/notebook.js';
import { recordChange } from '../../src/history/runs/newest-change.js';
import * as pipeline from '../../src/pipeline/index.js';
import { readerConfig } from '../../src/config/workspace-config.js';
import { Session } from '../../src/pipeline/session.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { typeProblems } from '../package/type-problems.js';

const execute = promisify(execFile);

let database: TestDatabase;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  database = await createTestDatabase();
  // As in a kernel: no owner's URL is known.
  env = { PATH: process.env['PATH'], DAYBOOK_READER_URL: database.readerUrl };
  await database.owner.query(`
    create table gold.exact as select 9007199254740993 as big, 1.10 as digits, date '2019-03-10' as day,
      timestamptz '2019-03-10 02:30:00.000001-05' as instant, 7 as n, null as nothing;
    insert into ops.pipeline_run (trigger, status, code_version, data_dir, time_zone, as_of, summary, finished_at) values
      ('test', 'passed', 'abc1234', '', 'America/Toronto', '2020-01-01T05:00Z', '{"dataThrough": "2019-12-31T23:00:00Z"}', '2020-01-02T00:00Z'),
      ('test', 'failed', 'def5678', '', 'America/Toronto', null, null, '2020-01-03T00:00Z')`);
  await recordChange(database.owner, 2);
  await recordChange(database.owner, 1);
});
afterAll(() => database.drop());

/** A folder below the root, so that the package is found; in dist/, which no other gate reads. */
async function folderBelowRoot(): Promise<string> {
  const folder = await mkdtemp(resolve(root, 'dist/.consumer-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function run(file: string, code: string) {
  const path = join(await folderBelowRoot(), file);
  await writeFile(path, code);
  const { stdout, stderr } = await execute(process.execPath, [path], { env });
  return { stdout, stderr };
}

test('the public names', () => {
  expect(Object.keys(pipeline).sort()).toEqual([
    'choicesFrom',
    'close',
    'dataFrame',
    'parametersOf',
    'provenance',
    'query',
    'queryArrow',
    'queryStream',
    'runPipeline',
    'table',
  ]);
});

test('its declarations name no type of the database driver', async () => {
  const seen = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = await readFile(path, 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)) {
      expect([path, specifier]).toEqual([path, expect.stringMatching(/^\.{1,2}\//)]);
      await visit(resolve(path, '..', specifier.replace(/\.js$/, '.d.ts')));
    }
  };
  await visit(resolve(root, 'dist/pipeline/index.d.ts'));
  expect(seen.size).toBeGreaterThan(3);
});

const consumer = `
import { close, dataFrame, provenance, query, runPipeline, table, type PipelineEvent, type PipelineReport } from 'daybook/pipeline';
interface Churn { month: string; active_customers: number }
const rows: Promise<Churn[]> = query<Churn>('select 1 where $1 = any ($2)', [1n, ['a', null]]);
const ofSomebody: Promise<Churn[]> = table<Churn>('crm.churn');
table('gold.monthly_churn').then(([first]) => [first?.month.slice(1), first?.churn_rate?.toFixed(), first?.is_complete === true]);
table('silver.login_month').then(([first]) => (first?.logins ?? 0n) + 1n);
const share: Promise<number | null> = dataFrame('select 1 as n').then((frame) => frame.shape[0] ?? null);
// @ts-expect-error: a column that the table does not have
table('gold.monthly_churn').then(([first]) => first?.mont);
// @ts-expect-error: a column that may be null
table('gold.monthly_churn').then(([first]) => first?.churn_rate.toFixed());
// @ts-expect-error: a bigint is no number
table('silver.login_month').then(([first]) => Math.round(first!.logins));
// @ts-expect-error: a table that is not there
table('gold.monthly_chrun');
const described: Promise<Churn[]> = table('crm.churn');
const awaited = async () => { const rows: Churn[] = await table('crm.churn'); return rows; };
rows.then(([first]) => first?.month.slice(1));
provenance().then(({ runId, dataThrough }) => [runId.toFixed(), dataThrough?.slice(0, 10)]);
const onEvent = (event: PipelineEvent) => { if (event.type === 'model_finished') event.rows?.toFixed(); };
const report: Promise<PipelineReport> = runPipeline({ select: ['+gold.plan'], maxRejects: { percent: 1 }, onEvent });
close();
// @ts-expect-error: a column that is not there
rows.then(([first]) => first?.mont);
// @ts-expect-error: a value that no parameter can hold
query('select $1', [Symbol()]);
void [ofSomebody, described, awaited, share, report];
`;

test.each([
  ['@tslab/typescript-for-tslab', { module: 'es2022', moduleResolution: 'node' }],
  ['typescript', { module: 'nodenext' }],
])('notebooks and programs see its types: %s', async (compiler, modules) => {
  const folder = await folderBelowRoot();
  const compile = (files: string[], skipLibCheck: boolean) =>
    typeProblems(folder, compiler, { ...modules, skipLibCheck }, files);
  await writeFile(join(folder, 'consumer.mts'), consumer);
  expect(await compile(['consumer.mts', join(root, 'daybook-env.d.ts')], false)).toBe('');
  // In a project that has no types yet any table may be read.
  await writeFile(
    join(folder, 'first.mts'),
    `import { table } from 'daybook/pipeline';
    void table('gold.x').then(([first]) => first?.['month']);
    void table<{ n: number }>('gold.x').then(([first]) => first?.n.toFixed());`,
  );
  expect(await compile(['first.mts'], true)).toBe('');
});

test.each([
  ['an ES module', 'main.mjs', "import * as pipeline from 'daybook/pipeline';"],
  ['a CommonJS module', 'main.cjs', "const pipeline = require('daybook/pipeline');"],
])(
  '%s gets exact values, writes nothing else, and ends although a connection is open',
  async (_, file, load) => {
    const code = `${load}
      const { inspect } = process.getBuiltinModule('util');
      (async () => {
        const values = [await pipeline.table('gold.exact'), await pipeline.provenance()];
        for (const value of values) console.log(inspect(value, { breakLength: Infinity }));
      })();`;
    const { stdout, stderr } = await run(file, code);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      "[ { big: 9007199254740993n, digits: '1.10', day: '2019-03-10', instant: '2019-03-10T07:30:00.000001Z', n: 7, nothing: null } ]",
      "{ runId: 1, finishedAt: '2020-01-02T00:00:00Z', dataThrough: '2019-12-31T23:00:00Z', asOf: '2020-01-01T05:00:00Z', codeVersion: 'abc1234', timeZone: 'America/Toronto' }",
      '',
    ]);
  },
);

test('in tests a wrong column does not compile, either: check:lint would fail', () => {
  const read = async () => {
    const [first] = await table('gold.monthly_churn');
    // @ts-expect-error: a column that the table does not have
    const wrong: unknown = first?.mounth;
    const right: string | undefined = first?.month;
    const [login] = await table('silver.login_month');
    // @ts-expect-error: a bigint is no number
    const rounded: unknown = login && Math.round(login.logins);
    return [wrong, right, rounded];
  };
  expect(read).toBeTypeOf('function');
});

test.each(['Pacific/Apia', 'America/Toronto', 'Asia/Kolkata', 'UTC'])(
  'values are exact in the zone %s, whatever the server has',
  async (zone) => {
    const name = new URL(database.ownerUrl).pathname.slice(1);
    await database.owner.query(`alter database ${name} set timezone = '${zone}'`);
    await database.owner.query(`alter database ${name} set datestyle = 'German'`);
    await database.owner.query(`alter database ${name} set intervalstyle = 'sql_standard'`);
    const path = join(await folderBelowRoot(), 'main.mjs');
    await writeFile(
      path,
      `import { query } from 'daybook/pipeline';
      const [row] = await query(\`select
        array[9223372036854775807, -9223372036854775808, 9007199254740993] as big,
        array[0.1 + 0.2, 1e-20, -12345678901234567890.123456789012345678900] as digits,
        array[date '2019-03-10', '2011-12-30', '0001-01-01', '9999-12-31', '1900-02-28'] as days,
        array[timestamptz '2019-03-10 02:30:00.000001-05', '1883-11-18 12:00:00Z', '2011-12-30 10:00:00Z', '9999-12-31 23:59:59.999999Z'] as instants,
        timestamp '2019-03-10 02:30:00' as wall, date '2019-11-03' as day, interval '1 day 02:00' as span\`);
      console.log(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? value + 'n' : value)));`,
    );
    const { stdout } = await execute(process.execPath, [path], { env: { ...env, TZ: zone } });
    expect(JSON.parse(stdout)).toEqual({
      big: ['9223372036854775807n', '-9223372036854775808n', '9007199254740993n'],
      digits: ['0.3', '0.00000000000000000001', '-12345678901234567890.123456789012345678900'],
      days: ['2019-03-10', '2011-12-30', '0001-01-01', '9999-12-31', '1900-02-28'],
      instants: [
        '2019-03-10T07:30:00.000001Z',
        '1883-11-18T12:00:00Z',
        '2011-12-30T10:00:00Z',
        '9999-12-31T23:59:59.999999Z',
      ],
      ...{ wall: '2019-03-10T02:30:00', day: '2019-11-03', span: expect.any(String) as unknown },
    });
  },
);

describe('a session', () => {
  let session: Session;
  beforeAll(() => {
    session = new Session(() => readerConfig(env, root));
  });
  afterAll(() => session.close());

  test.each([
    [
      'select *\n  frm gold.exact',
      [
        'syntax error at or near "frm" (SQLSTATE 42601)',
        '    1 | select *',
        '  > 2 |   frm gold.exact',
        '      |   ^^^',
      ].join('\n'),
    ],
    ['delete from gold.exact', 'cannot execute DELETE in a read-only transaction (SQLSTATE 25006)'],
    [
      'set transaction read write; delete from gold.exact',
      'cannot insert multiple commands into a prepared statement (SQLSTATE 42601)',
    ],
    [
      'select * from gold.nothing',
      'relation "gold.nothing" does not exist (SQLSTATE 42P01)\n' +
        '  > 1 | select * from gold.nothing\n      |               ^^^^^^^^^^^^',
    ],
  ])('%j fails with its reason', async (sql, message) => {
    await expect(session.query(sql)).rejects.toMatchObject({ code: 'QUERY_FAILED', message });
  });

  test('opens again after it was closed, and says when no run has passed', async () => {
    await session.close();
    await expect(session.query('select $1::bigint as n', [1n])).resolves.toEqual([{ n: 1n }]);
    const empty = await createTestDatabase();
    const other = new Session(() => readerConfig({ DAYBOOK_READER_URL: empty.readerUrl }, root));
    try {
      await expect(other.provenance()).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    } finally {
      await other.close();
      await empty.drop();
    }
  });
});

test('a table is one name, whatever is in it', async () => {
  const { stdout } = await run(
    'main.mjs',
    `import { table } from 'daybook/pipeline';
    await table('gold.x"; drop').catch(({ code, message }) => console.log(code, message));`,
  );
  expect(stdout).toContain('QUERY_FAILED relation "gold.x"; drop" does not exist');
});

describe('a query', () => {
  const session = new Session(() => readerConfig({ DAYBOOK_READER_URL: database.readerUrl }, root));
  afterAll(() => session.close());

  test('leaves numbers within json as they are', async () => {
    const sql = `select '{"id": 1234567890123456789, "small": [1, 0.1, 1.50], "long": 0.12345678901234567890}'::jsonb as a,
      array['{"n": -9007199254740993}'::json, '1e400'] as b, '"1234567890123456789"'::jsonb as c`;
    expect(await session.query(sql)).toEqual([
      {
        a: { id: 1234567890123456789n, small: [1, 0.1, 1.5], long: '0.12345678901234567890' },
        b: [{ n: -9007199254740993n }, '1e400'],
        c: '1234567890123456789',
      },
    ]);
  });

  test.each([
    ['select 1 as month, 2 as month', 'two columns are called "month"'],
    ['select 1, 2', 'two columns are called "?column?"'],
    ['select 1 as "__proto__"', 'a column is called "__proto__", which no object can have'],
    ['copy (select 1) to stdout', 'copy answers with no rows'],
    ['', 'the query is empty'],
  ])('is refused where rows cannot hold the answer: %s', async (sql, message) => {
    await expect(session.query(sql)).rejects.toMatchObject({ code: 'QUERY_FAILED', message });
  });

  test('leaves nothing behind that it set or began', async () => {
    for (const sql of ["set extra_float_digits = '-10'", 'begin', "set time zone 'Asia/Tokyo'"]) {
      await expect(session.query(sql)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    }
    expect(
      await session.query("select current_setting('TimeZone') as zone, 1.0::float8 / 3 as third"),
    ).toEqual([{ zone: 'UTC', third: 1 / 3 }]);
  });
});

test('a query as a data frame, with numbers as far as they are exact', async () => {
  const { stdout } = await run(
    'main.mjs',
    `import { dataFrame } from 'daybook/pipeline';
    const frame = await dataFrame(
      "select n::bigint as small, 9007199254740990 + n * 2 as big, n / 2.0 as digits, n / 2.0::float8 as half, nullif(n, 1) as gap, 'x' as t, array[n] as list from generate_series(1, $1::int) as n", [3]);
    console.log(JSON.stringify([frame.columns, frame.values]));
    const empty = await dataFrame('select 1 as a, null::jsonb as b where false');
    console.log(JSON.stringify([empty.columns, empty.shape]));`,
  );
  const [frame, empty] = stdout.trim().split('\n').slice(-2);
  expect(JSON.parse(frame ?? '')).toEqual([
    ['small', 'big', 'digits', 'half', 'gap', 't', 'list'],
    [
      [1, '9007199254740992', '0.50000000000000000000', 0.5, null, 'x', '[1]'],
      [2, '9007199254740994', '1.00000000000000000000', 1, 2, 'x', '[2]'],
      [3, '9007199254740996', '1.5000000000000000', 1.5, 3, 'x', '[3]'],
    ],
  ]);
  expect(empty).toBe('[["a","b"],[0,2]]');
});

test('cells of a notebook use it, and nothing but their output lands in the notebook', async () => {
  const folder = await folderBelowRoot();
  const cell = (id: string, source: string) => ({
    id,
    cell_type: 'code',
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  });
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } },
    cells: [
      cell(
        'a',
        "import { query, provenance } from 'daybook/pipeline';\nconst rows = await query<{ n: number }>('select n from gold.exact where n = $1', [7]);\nconsole.log(rows[0]?.n, (await provenance()).runId);",
      ),
      cell('b', "console.log((await query<{ n: number }>('select 8 as n')).map((row) => row.n));"),
    ],
  };
  const input = join(folder, 'api.ipynb');
  const output = join(folder, 'executed.ipynb');
  await writeFile(input, JSON.stringify(notebook));
  await execute(
    process.execPath,
    ['bin/daybook.js', 'notebooks', 'run', input, '--output', output, '--no-publish'],
    {
      cwd: root,
      env: { ...env, DATABASE_URL: database.ownerUrl },
    },
  );
  const executed = JSON.parse(await readFile(output, 'utf8')) as Notebook;
  const outputs = executed.cells.map((each) => ('outputs' in each ? each.outputs : []));
  expect(outputs).toEqual([
    [
      expect.objectContaining({
        output_type: 'stream',
        name: 'stdout',
        text: expect.toSatisfy((text: string[] | string) => [text].flat().join('') === '7 1\n'),
      }),
    ],
    [
      expect.objectContaining({
        output_type: 'stream',
        name: 'stdout',
        text: expect.toSatisfy((text: string[] | string) => [text].flat().join('') === '[ 8 ]\n'),
      }),
    ],
  ]);
});
