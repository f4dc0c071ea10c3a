// @module-tag heavy
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { daybook, projectFolder, startDaybook } from './daybook-process.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const line = '{"date":"2019-01-05T10:00:00-05:00","log_type":"LOGIN","account":1}\n';
const bad = [
  'garbage',
  '',
  '{"date":"2019-01-05T10:00:00-05:00","log_type":"LOGIN","account":1,"x":"\\u0000"}',
  '{"date":"2019-01',
];
const lines = <Row>(text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((each) => JSON.parse(each) as Row);

describe('the commands of the pipeline', () => {
  test('before the first run there is nothing to show, and this is said', async () => {
    const empty = await createTestDatabase();
    try {
      await empty.owner.query('drop schema ops cascade');
      const folder = projectFolder({});
      expect(await daybook(empty, folder, 'pipeline', 'runs')).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(
          'the pipeline has not run in this warehouse yet [RUN_UNKNOWN]',
        ),
      });
    } finally {
      await empty.drop();
    }
  });

  test('a run, its history, its logs and its rejected lines', async () => {
    const folder = projectFolder({
      'logs/a.log': line + bad.join('\n'),
      'sql/gold/n.sql':
        '/* { description: n, columns: { n: { type: bigint, tests: [not_null] } } } */\nselect count(*) as n from bronze.log_event',
      'sql/gold/m.sql':
        '/* { description: m, columns: { n: { type: bigint, tests: [{ accepted_values: [2] }] } } } */\nselect n from gold.n',
    });
    const most = ['--max-rejects', '75%'];
    const failed = await daybook(database, folder, 'pipeline', 'run', '--data', 'logs', ...most);
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toBe('');
    expect(failed.stderr.replace(/[\d.]+ m?s\b/g, 'TIME').split('\n')).toEqual([
      'run 1: 1 file (163 bytes), 2 models'.replace(
        '163',
        String(line.length + bad.join('\n').length),
      ),
      '  loaded  a.log  1 line, 4 rejected  TIME',
      '  built   gold.n  1 row  TIME',
      '  FAILED  gold.m  1 row  TIME',
      '          sql/gold/m.sql: failed: accepted_values(n) (1 row: 1) [TEST_FAILED]',
      'files   1 loaded',
      'lines   5 read, 1 loaded, 4 rejected',
      'rejects 1 blank_line, 2 invalid_json, 1 unsupported_json (daybook rejects list)',
      'models  1 built, 1 failed',
      'run 1 failed in TIME',
      '',
    ]);

    const selected = await daybook(
      database,
      folder,
      'pipeline',
      'run',
      '--data',
      'logs',
      '--select',
      'n',
      '--json',
      ...most,
    );
    expect(selected.exitCode).toBe(0);
    expect(lines<{ runId: number }>(selected.stdout)).toMatchObject([
      { runId: 2, status: 'passed', unchangedFiles: 1 },
    ]);

    const runs = await daybook(database, folder, 'pipeline', 'runs', '--json');
    expect(lines(runs.stdout)).toMatchObject([
      { runId: 2, status: 'passed' },
      { runId: 1, status: 'failed', dataDir: join(folder, 'logs') },
    ]);
    expect(
      (await daybook(database, folder, 'pipeline', 'runs', '--limit', '1')).stdout.split('\n'),
    ).toMatchObject([
      expect.stringMatching(/^run {2}status {2}started/),
      expect.stringMatching(/^2 {4}passed {2}\d{4}-/),
      '',
    ]);

    const show = await daybook(database, folder, 'pipeline', 'show', '1', '--json');
    expect(
      lines<{ tasks: { task: string }[] }>(show.stdout)[0]?.tasks.map(({ task }) => task),
    ).toEqual([
      'load:a.log',
      'gold.n',
      'gold.n:not_null(n)',
      'gold.m',
      'gold.m:accepted_values(n)',
    ]);
    expect((await daybook(database, folder, 'pipeline', 'show', 'last')).stdout).toMatch(
      /^run +2\nstatus +passed\n/,
    );
    expect(await daybook(database, folder, 'pipeline', 'show', '99')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('[RUN_UNKNOWN]'),
    });

    const logs = await daybook(database, folder, 'pipeline', 'logs', '1', 'gold.m');
    expect(logs.stdout).toContain('== gold.m: failed, 1 rows');
    expect(logs.stdout).toContain('create temp table "m" on commit drop as\nselect n from gold.n;');
    expect(logs.stdout).toContain(
      '-- accepted_values(n): 1 row: 1, the first of them:\n--   {"n":1,"rows":1}',
    );
    expect(logs.stdout).not.toContain('== gold.n');
    expect(await daybook(database, folder, 'pipeline', 'logs', '1', 'gold.x')).toMatchObject({
      exitCode: 2,
    });

    const rejects = await daybook(database, folder, 'rejects', 'list', '--json');
    const listed = lines<{ rawBase64: string }>(rejects.stdout);
    expect(listed.map(({ rawBase64 }) => Buffer.from(rawBase64, 'base64').toString())).toEqual(bad);
    expect(listed).toMatchObject([
      {
        file: 'a.log',
        line: 2,
        byteOffset: line.length,
        reason: 'invalid_json',
        runId: 1,
        preview: 'garbage',
      },
      { line: 3, reason: 'blank_line' },
      {
        line: 4,
        reason: 'unsupported_json',
        message: 'byte 73: \\u0000, which Postgres cannot store',
      },
      { line: 5, reason: 'invalid_json' },
    ]);
    const text = await daybook(
      database,
      folder,
      'rejects',
      'list',
      '--reason',
      'invalid_json',
      '--limit',
      '1',
    );
    expect(text.stdout).toBe(
      'a.log:2  invalid_json  byte 1: expected a value, found "g"\n    garbage\n',
    );
    expect((await daybook(database, folder, 'rejects', 'list', '--file', 'b.log')).stdout).toBe('');
    expect(await daybook(database, folder, 'rejects', 'list', '--reason', 'x')).toMatchObject({
      exitCode: 2,
    });

    expect(
      await daybook(database, folder, 'pipeline', 'run', '--data', 'logs', '--max-rejects', '50%'),
    ).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('[REJECTS_EXCEEDED]') });
    expect(await daybook(database, folder, 'pipeline', 'run', '--data', 'nowhere')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('[DATA_MISSING]'),
    });
    expect(
      await daybook(database, folder, 'pipeline', 'run', '--max-rejects', 'some'),
    ).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('[USAGE]') });
  });

  test('a task that found nothing to do took no time', async () => {
    const folder = projectFolder({
      'logs/a.log': line,
      'sql/gold/n.sql':
        '/* { description: n, columns: { n: { type: bigint } } } */\nselect count(*) as n from bronze.log_event',
    });
    await daybook(database, folder, 'pipeline', 'run', '--data', 'logs');
    await daybook(database, folder, 'pipeline', 'run', '--data', 'logs');
    const { stdout } = await daybook(database, folder, 'pipeline', 'show', 'last');
    expect(stdout).toMatch(/^unchanged {2}gold\.n {2}1 +nothing that it is made of changed$/m);
  });

  test('a run goes on when nobody reads any more what it says', async () => {
    const folder = projectFolder({
      'logs/a.log': line,
      'sql/gold/n.sql':
        '/* { description: n, columns: { n: { type: bigint } } } */\nselect count(*) as n from bronze.log_event',
    });
    const own = await createTestDatabase();
    try {
      const child = startDaybook(own, folder, ['pipeline', 'run', '--data', 'logs']);
      // As `| head` does it.
      child.stderr.destroy();
      const [exitCode] = (await once(child, 'exit')) as [number | null];
      expect(exitCode).toBe(0);
      expect((await own.owner.query('select n::int from gold.n')).rows).toEqual([{ n: 1 }]);
    } finally {
      await own.drop();
    }
  });
});
