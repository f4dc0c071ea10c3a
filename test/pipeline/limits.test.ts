// @module-tag heavy
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dryRun } from '../../src/pipeline/dry-run.js';
import { LineBalance } from '../../src/pipeline/plan/line-balance.js';
import { listRejects } from '../../src/history/rejects/list-rejects.js';
import { lastDataDir } from '../../src/history/runs/run-history.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { customerLogsFile, customerLogsYaml } from './line-sources.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';
import { warehouseContent } from './warehouse-content.js';
import type { PipelineReport } from '../../src/history/reports/pipeline-report.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const lines = (n: number, day = '05') =>
  Array.from({ length: n }, (_, i) => event(i + 1, `2019-01-${day}T10:00:00-05:00`)).join('');
/** Twenty lines, others for each month: files with the same bytes are one file. */
const month = (n: number) => lines(20, String(n).padStart(2, '0'));
const months = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`data/${i + 1}.log`, month(i + 1)]),
);
const models = {
  'sql/gold/total.sql': model('n: { type: bigint }', 'select count(*) as n from bronze.log_event'),
};

const workspace = (files: Record<string, string | Buffer> = months) => {
  const project = pipelineWorkspace(database, { ...models, ...files });
  const config = {
    ...database.config,
    root: project.root,
    dataDir: join(project.root, 'data'),
  };
  return { ...project, config };
};
const content = () => warehouseContent(database.owner, ['gold.total']);
const total = async () => {
  const { rows } = await database.owner.query<{ n: number }>('select n::int from gold.total');
  return rows[0]?.n;
};
const rejected = async () => {
  const list = [];
  for await (const reject of listRejects(database.owner)) list.push(reject);
  return list;
};

describe('the tables of before stay, and so does the remembered folder', () => {
  test('when another folder takes the place of the logs', async () => {
    const { run, root, write, config } = workspace();
    await run();
    const before = await content();
    write('x/a.log', 'hello\n');
    const dataDir = join(root, 'x');
    const refused = {
      code: 'REMOVAL_EXCEEDED',
      message:
        '240 of 240 lines of log_event would go, 20% may: 12 files are no longer in the folder (1.log, 10.log, 11.log, …)',
      hint: expect.stringContaining('--allow-removal') as string,
    };
    expect(await dryRun(database.owner, { config, dataDir })).toMatchObject({ refused });
    expect(await run({ dataDir })).toMatchObject({
      ...{ status: 'failed', error: refused, files: [], models: [] },
    });
    expect(await content()).toEqual(before);
    // Whoever allows it still has no line that can be loaded.
    const allowed = await run({ dataDir, allowRemoval: true });
    expect(allowed).toMatchObject({
      status: 'failed',
      files: [{ file: 'a.log', status: 'failed', loaded: 0, rejected: 0 }],
    });
    expect(await content()).toEqual(before);
    expect(await lastDataDir(database.owner)).toBe(join(root, 'data'));
    expect(await run({ dataDir, allowRemoval: true, maxRejects: { percent: 100 } })).toMatchObject({
      status: 'passed',
      lines: { loaded: 0, rejected: 1 },
    });
    expect(await lastDataDir(database.owner)).toBe(dataDir);
  });

  test('when a declaration with a wrong time format rejects all lines', async () => {
    const { run, write } = workspace();
    await run();
    const before = await content();
    write(
      customerLogsFile,
      customerLogsYaml.replace('from: date,', "from: date, format: '%d.%m.%Y %H:%M %z',"),
    );
    const failed = await run();
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'PIPELINE_FAILED' } });
    expect(failed.files.map(({ error }) => error?.message)).toEqual(
      Array.from({ length: 12 }, (): unknown =>
        expect.stringMatching(
          /^20 of 20 lines are rejected \(20 invalid_time\), 10% may be, like line 1: /,
        ),
      ),
    );
    expect(await content()).toEqual(before);
    // What is wrong can be looked at, and counts nowhere.
    const list = await rejected();
    expect(list).toHaveLength(240);
    expect(list[0]).toMatchObject({
      file: '1.log',
      line: 1,
      reason: 'invalid_time',
      isRefused: true,
    });
    write(customerLogsFile, customerLogsYaml);
    expect(await run()).toMatchObject({ status: 'passed', unchangedFiles: 12 });
    expect(await rejected()).toEqual([]);
  });

  test('when a file is replaced by rejected lines, or new lines of one are rejected', async () => {
    const { run, write, root } = workspace();
    await run();
    const before = await content();
    write('data/3.log', `${lines(15)}${'bad\n'.repeat(5)}`);
    expect(await run()).toMatchObject({
      status: 'failed',
      files: [
        {
          file: '3.log',
          error: {
            code: 'REJECTS_EXCEEDED',
            where: join(root, 'data/3.log'),
            hint: expect.stringContaining('--max-rejects 25%') as string,
          },
        },
      ],
    });
    expect(await content()).toEqual(before);
    write('data/3.log', month(3));
    write('data/4.log', `${readFileSync(join(root, 'data/4.log'), 'utf8')}${'bad\n'.repeat(3)}`);
    expect(await run()).toMatchObject({ files: [{ file: '4.log', status: 'failed' }] });
    expect(await content()).toEqual(before);
    // The same as the declaration says it, and one that says less.
    write(customerLogsFile, `${customerLogsYaml}limits: { file_rejects: 3 }\n`);
    expect(await run()).toMatchObject({ status: 'passed' });
    expect(await run({ fullRefresh: true, maxRejects: { lines: 2 } })).toMatchObject({
      status: 'failed',
    });
  });

  test('when the only file is exported again and most of it is missing', async () => {
    const { run, write, config } = workspace({ 'data/a.log': lines(1000) });
    await run();
    const before = await content();
    write('data/a.log', lines(100));
    expect(await dryRun(database.owner, { config })).toMatchObject({
      refused: {
        message:
          'about 901 of 1,000 lines of log_event would go, 20% may: a.log has become shorter',
      },
    });
    expect(await run()).toMatchObject({ error: { code: 'REMOVAL_EXCEEDED' } });
    expect(await content()).toEqual(before);
    // Too near to be judged by its size: read, and undone.
    write('data/a.log', lines(700, '06'));
    expect(await run()).toMatchObject({
      error: { code: 'PIPELINE_FAILED' },
      files: [
        {
          status: 'failed',
          error: {
            code: 'REMOVAL_EXCEEDED',
            message:
              'has 700 lines that can be loaded and had 1,000: log_event would lose 300 of 1,000 lines, 20% may go',
          },
        },
      ],
    });
    expect(await content()).toEqual(before);
    expect(await run({ allowRemoval: true })).toMatchObject({ status: 'passed' });
  });

  test('when a file fails, those that are gone stay until all is right', async () => {
    const { run, root, write } = workspace();
    await run();
    const before = await content();
    rmSync(join(root, 'data/1.log'));
    write('data/2.log', 'bad\n');
    expect(await run()).toMatchObject({ status: 'failed', files: [{ file: '2.log' }] });
    expect(await content()).toEqual(before);
    write('data/2.log', month(2));
    expect(await run()).toMatchObject({ status: 'passed', files: [{ status: 'removed' }] });
  });
});

describe('what one run refuses the next one refuses, too', () => {
  /** Runs twice over the same files, and tells how both ended. */
  const twice = async (run: (options?: object) => Promise<PipelineReport>) => {
    const [first, second] = [await run(), await run()];
    expect(second.error?.code).toBe(first.error?.code);
    expect([first.status, second.status]).toEqual(['failed', 'failed']);
    return second;
  };

  test('when several files are shorter, none of them too much by itself', async () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name, n) => [`data/${name}.log`, lines(100, `0${n + 1}`)]),
    );
    const { run, write } = workspace(files);
    await run();
    const before = await content();
    // Longer lines, so that sizes do not tell how many there are.
    const shorter = (n: number, day: string) =>
      lines(n, day).replaceAll('"x"', `"${'x'.repeat(80)}"`);
    for (const [name, day] of [
      ['a', '01'],
      ['b', '02'],
      ['c', '03'],
    ])
      write(`data/${name}.log`, shorter(70, day!));
    const { files: failed } = await twice(run);
    // Files are loaded side by side: the one that ends last exceeds the limit.
    expect(failed.map(({ error }) => error?.code)).toContain('REMOVAL_EXCEEDED');
    expect((await content())['gold.total']).toEqual(before['gold.total']);
    expect(await run({ allowRemoval: true })).toMatchObject({ status: 'passed' });
    expect(await total()).toBe(310);
    expect(await run()).toMatchObject({ status: 'passed', files: [] });
  });

  test('when one file is shorter and others are gone, in this run or after one that failed', async () => {
    const { run, write, root } = workspace();
    await run();
    write('data/1.log', lines(2, '01').replaceAll('"x"', `"${'x'.repeat(800)}"`));
    write('data/bad.log', 'no\n');
    expect(await run()).toMatchObject({ status: 'failed', lines: { loaded: 2 } });
    rmSync(join(root, 'data/bad.log'));
    rmSync(join(root, 'data/2.log'));
    rmSync(join(root, 'data/3.log'));
    const { error } = await twice(run);
    expect(error).toMatchObject({
      code: 'REMOVAL_EXCEEDED',
      message:
        '58 of 240 lines of log_event would go, 20% may: 2 files are no longer in the folder (2.log, 3.log), 18 have gone in runs that failed since',
    });
    expect(await run({ allowRemoval: true })).toMatchObject({ status: 'passed' });
    expect(await total()).toBe(182);
  });

  test('when a source has too many rejected lines, each file few', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 5 }, (_, n) => [`data/${n}.log`, `${lines(19, `0${n + 1}`)}bad ${n}\n`]),
    );
    const { run } = workspace({
      [customerLogsFile]: `${customerLogsYaml}limits: { source_rejects: 4 }\n`,
      ...files,
    });
    const { error } = await twice(run);
    expect(error).toMatchObject({ code: 'REJECTS_EXCEEDED' });
    expect(await run({ maxRejects: { percent: 5 } })).toMatchObject({ status: 'passed' });
    expect(await total()).toBe(95);
  });

  test('in any order and of any sizes, also when files come between', async () => {
    const size = fc.integer({ min: 0, max: 40 });
    const changes = fc.array(
      fc.record({ before: size, after: fc.option(size, { nil: undefined }), long: fc.boolean() }),
      { minLength: 3, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (files, isBad) => {
        const { run, write, root } = pipelineWorkspace(database, models);
        const text = (n: number, index: number, long: boolean) =>
          lines(n, String(index + 1).padStart(2, '0')).replaceAll(
            '"x"',
            long ? `"${'x'.repeat(300)}"` : '"x"',
          );
        for (const [index, { before }] of files.entries())
          write(`data/${index}.log`, text(before, index, false));
        expect(await run({ allowRemoval: true, maxRejects: { percent: 100 } })).toMatchObject({
          status: 'passed',
        });
        for (const [index, { after, long }] of files.entries()) {
          if (after === undefined) rmSync(join(root, `data/${index}.log`));
          else write(`data/${index}.log`, text(after, index, long));
        }
        if (isBad) write('data/bad.log', 'no\n');
        const [was, is] = [0, 0].map((_, at) =>
          files.reduce((sum, { before, after = 0 }) => sum + (at === 0 ? before : after), 0),
        ) as [number, number];
        const isBeyond = (was - is) * 100 > 20 * was;
        for (let time = 0; time < 2; time += 1) {
          expect((await run()).status).toBe(isBeyond || isBad ? 'failed' : 'passed');
        }
        rmSync(join(root, 'data/bad.log'), { force: true });
        expect((await run()).status).toBe(isBeyond ? 'failed' : 'passed');
        expect((await run({ allowRemoval: true })).status).toBe('passed');
        expect(await total()).toBe(is);
      }),
      { numRuns: 8 },
    );
  });
});

describe('what goes by itself is no loss', () => {
  test('a month of twelve, a renamed, a packed, a rotated file', async () => {
    const { run, root, write } = workspace();
    await run();
    rmSync(join(root, 'data/1.log'));
    expect(await run()).toMatchObject({ status: 'passed' });
    for (const n of [2, 3, 4, 5, 6, 7, 8]) {
      renameSync(join(root, `data/${n}.log`), join(root, `data/old-${n}.log`));
    }
    expect(await run()).toMatchObject({ status: 'passed' });
    for (const n of [9, 10, 11, 12]) {
      rmSync(join(root, `data/${n}.log`));
      write(`data/${n}.log.gz`, gzipSync(month(n)));
    }
    expect(await run()).toMatchObject({ status: 'passed' });
    expect(await total()).toBe(220);
  });

  test('the live file of a rotation', async () => {
    const { run, write } = workspace({ 'data/app.log': lines(500), 'data/app.1.log': lines(400) });
    await run();
    write('data/app.2.log', lines(400));
    write('data/app.1.log', lines(500));
    write('data/app.log', lines(3));
    expect(await run()).toMatchObject({ status: 'passed' });
    expect(await total()).toBe(903);
  });
});

test.each([
  ['three of twelve months go', 3, {}, false],
  ['they go and somebody says so', 3, { allowRemoval: true }, true],
  ['two of twelve months go', 2, {}, true],
])('%s', async (_, count, options, passes) => {
  const { run, root } = workspace();
  await run();
  for (let n = 1; n <= count; n += 1) rmSync(join(root, `data/${n}.log`));
  expect((await run(options)).status).toBe(passes ? 'passed' : 'failed');
});

test('the command line goes before the environment, that before the declaration', async () => {
  const { run, root, write, config } = workspace();
  await run();
  for (const n of [1, 2, 3, 4]) rmSync(join(root, `data/${n}.log`));
  const status = async (maxRemoval: object | undefined, more = {}) => {
    const limits = { ...config.limits, maxRemoval } as typeof config.limits;
    const { refused } = await dryRun(database.owner, { config: { ...config, limits }, ...more });
    return refused === null;
  };
  expect(await status(undefined)).toBe(false);
  write(customerLogsFile, `${customerLogsYaml}limits: { removal: 40% }\n`);
  expect(await status(undefined)).toBe(true);
  expect(await status({ percent: 30 })).toBe(false);
  expect(await status({ lines: 79 })).toBe(false);
  expect(await status({ lines: 80 })).toBe(true);
  expect(await status({ percent: 30 }, { allowRemoval: true })).toBe(true);
});

test('a source of which nothing is accepted at its first load fails, whatever each file may have', async () => {
  const { run, write } = workspace({ 'data/a.log': 'bad\n', 'data/b.log': 'bad\n\n' });
  expect(await run({ maxRejects: { lines: 5 } })).toMatchObject({
    status: 'failed',
    error: {
      code: 'REJECTS_EXCEEDED',
      message: 'log_event: 2 of 2 lines are rejected (2 invalid_json), not all of them may be',
    },
  });
  write('data/c.log', lines(1));
  expect(await run({ maxRejects: { lines: 5 } })).toMatchObject({ status: 'passed' });
});

test('an event of the future does not move the report', async () => {
  const ahead = (hours: number) => event(1, new Date(Date.now() + hours * 3_600_000).toISOString());
  const far = [event(1, '2999-01-05T10:00:00Z'), ahead(30)];
  const { run, write } = workspace({ 'data/a.log': lines(100) + ahead(20) + far.join('') });
  const passed = await run();
  expect(passed).toMatchObject({
    status: 'passed',
    lines: { loaded: 101, rejected: 2 },
    rejects: { future_time: 2 },
  });
  expect(Date.parse(passed.dataThrough ?? '')).toBeLessThan(Date.now() + 86_400_000);
  expect(await rejected()).toMatchObject([
    {
      line: 102,
      message: expect.stringMatching(
        /^occurred_at is 2999-01-05T10:00:00\.000Z, later than 2/,
      ) as string,
    },
    { line: 103 },
  ]);
  // All of a file is a clock that is wrong, or a source of what is planned.
  write('data/b.log', far.join(''));
  expect(await run()).toMatchObject({ status: 'failed', files: [{ file: 'b.log' }] });
  write(customerLogsFile, `${customerLogsYaml}limits: { future: any }\n`);
  expect(await run()).toMatchObject({ status: 'passed', dataThrough: '2999-01-05T10:00:00Z' });
});

test('a source that is declared no more does not take its lines with it unasked', async () => {
  const { run, root, write } = workspace();
  await run();
  rmSync(join(root, customerLogsFile));
  rmSync(join(root, 'sql/gold/total.sql'));
  write(
    'sql/sources/other.yaml',
    "files: ['*.log']\nformat: json\ncolumns: { account: { type: bigint } }\n",
  );
  // The files belong to another source now, and leave the table of the one that had them.
  expect(await run()).toMatchObject({ status: 'failed', error: { code: 'REMOVAL_EXCEEDED' } });
  expect(await run({ allowRemoval: true })).toMatchObject({ status: 'passed' });
});

test('a source without its declaration is said to have none, and its lines go when that is allowed', async () => {
  const { run, root, write, config } = workspace();
  const declaration = 'sql/sources/stock.yaml';
  write(declaration, 'files: ["*.csv"]\nformat: csv\ncolumns: { n: { type: bigint } }\n');
  write('data/stock.csv', 'n\n1\n2\n');
  expect(await run()).toMatchObject({ status: 'passed' });
  rmSync(join(root, declaration));
  const refused = {
    code: 'REMOVAL_EXCEEDED',
    message: '2 of 2 lines of stock would go, 20% may: sql/sources has no stock any more',
    hint: expect.stringMatching(
      /--allow-removal, once; otherwise put the declaration back$/,
    ) as string,
  };
  expect(await dryRun(database.owner, { config })).toMatchObject({
    refused,
    files: expect.arrayContaining([
      expect.objectContaining({ action: 'remove', reason: 'sql/sources has no stock any more' }),
    ]) as unknown,
  });
  expect(await run()).toMatchObject({ status: 'failed', error: refused });
  // Another file that fails keeps it from being done, and the run says so.
  write('data/bad.log', 'no\n');
  const { error } = await run({ allowRemoval: true });
  expect(error?.message).toMatch(
    /nothing was taken out either: the lines of stock\.csv stay until the others are right$/,
  );
  rmSync(join(root, 'data/bad.log'));
  expect(await run({ allowRemoval: true })).toMatchObject({
    status: 'passed',
    files: [{ file: 'stock.csv', status: 'removed', reason: 'sql/sources has no stock any more' }],
  });
  expect(await run()).toMatchObject({ status: 'passed', files: [] });
});

test('what vanishes is what was there less what is there, in any order of files', () => {
  const file = fc.record({
    before: fc.option(fc.nat(1000), { nil: undefined }),
    after: fc.option(fc.nat(1000), { nil: undefined }),
    expected: fc.option(fc.nat(1000), { nil: undefined }),
    fails: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(file, { maxLength: 12 }), (files) => {
      const balance = new LineBalance();
      const there = files.map((each, index) => ({ ...each, name: `${index}.log` }));
      for (const { name, before } of there) {
        if (before !== undefined) balance.addLoaded(name, 's', before);
      }
      const present = there.filter(({ after }) => after !== undefined);
      for (const { name, expected } of present) balance.expect(name, 's', expected, false);
      for (const { name, after = 0, fails } of present) {
        balance.settle(name, 's', after);
        if (fails) balance.keep(name);
      }
      const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
      const was = sum(there.map(({ before = 0 }) => before));
      const is = sum(present.map(({ before = 0, after = 0, fails }) => (fails ? before : after)));
      expect(balance.lost('s')).toBe(Math.max(0, was - is));
      expect(balance.before('s')).toBe(was);
    }),
  );
});
