// @module-tag heavy
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { daybook, projectFolder, startDaybook } from '../daybook-process.js';
import { warehouseContent } from '../warehouse-content.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const line = (account: number, date = '2019-01-05T10:00:00-05:00') =>
  JSON.stringify({ date, log_type: 'LOGIN', account });

/** Most lines of these files are rejected, and those of one are replaced by none. */
const load = ['pipeline', 'run', '--max-rejects', '100%', '--allow-removal'];

describe('rejects export and replay', () => {
  test('mended lines are loaded exactly once, and again with every later load of the file', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0d, 0x0a]);
    const folder = projectFolder({
      'data/a.log': Buffer.concat([
        Buffer.from(`${line(1)}\n${line(2).slice(0, -1)}\n\nno\n`),
        bytes,
        Buffer.from(`${line(3)}\n`),
      ]),
      'data/below/b.log': `${line(4, '2019-02-30T00:00:00Z')}\n`,
    });
    const run = (...args: string[]) => daybook(database, folder, ...args);
    const accounts = async () => {
      const { rows } = await database.owner.query<{ place: string }>(
        'select source_file || $1 || line_number || $1 || account as place from bronze.log_event order by 1',
        [':'],
      );
      return rows.map(({ place }) => place);
    };
    expect((await run(...load)).exitCode).toBe(0);
    expect(await run('rejects', 'export', 'out')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^4 lines in 2 files/),
    });
    expect((await run('rejects', 'export', 'out')).stderr).toContain('OUTPUT_NOT_EMPTY');

    const exported = readFileSync(join(folder, 'out/a.log.rejects'));
    // The raw bytes, invalid ones and NUL included; the line feed is the file's own.
    expect(exported.includes(bytes)).toBe(true);
    const mended = exported.toString('latin1').replace(line(2).slice(0, -1), line(2));
    writeFileSync(join(folder, 'out/a.log.rejects'), mended, 'latin1');
    const date = join(folder, 'out/below/b.log.rejects');
    writeFileSync(date, readFileSync(date, 'utf8').replaceAll('02-30T', '02-28T'));

    expect((await run('rejects', 'replay', 'out')).stdout).toMatch(/^2 lines loaded, 3 still/);
    const loaded = ['a.log:1:1', 'a.log:2:2', 'a.log:6:3', 'below/b.log:1:4'];
    expect(await accounts()).toEqual(loaded);
    // Once more is no more.
    expect((await run('rejects', 'replay', 'out')).stdout).toMatch(
      /^0 lines loaded, 3 still rejected, 2 mended lines left alone, in quarantine no more;/,
    );
    expect(await accounts()).toEqual(loaded);
    const content = await warehouseContent(database.owner);
    expect(content).toMatchObject({ isBalanced: true, isLoaded: true, isKept: true });

    expect((await run(...load, '--full-refresh')).exitCode).toBe(0);
    expect(await warehouseContent(database.owner)).toEqual(content);

    // Another line in its place is not the one that was mended.
    writeFileSync(join(folder, 'data/below/b.log'), `${line(5, 'never')}\n`);
    appendFileSync(join(folder, 'data/a.log'), `${line(9)}\n`);
    expect((await run(...load)).exitCode).toBe(0);
    expect(await accounts()).toEqual([...loaded.slice(0, 3), 'a.log:7:9'].sort());
  });

  test.each([
    ['a page is copied', 'before insert on bronze.log_event', 'new.line_number = 450'],
    ['a page leaves the quarantine', 'before delete on ops.reject', 'old.line_number = 450'],
  ])('kill -9 while %s: the next replay loads each line exactly once', async (_, moment, when) => {
    const own = await createTestDatabase();
    try {
      const damaged = Array.from({ length: 900 }, (_, i) => `${line(i + 1).slice(0, -1)}\n`);
      const folder = projectFolder({ 'data/a.log': damaged.join('') });
      const run = (...args: string[]) => daybook(own, folder, ...args);
      expect((await run(...load)).exitCode).toBe(0);
      expect((await run('rejects', 'export', 'out')).exitCode).toBe(0);
      const exported = join(folder, 'out/a.log.rejects');
      const mended = readFileSync(exported, 'utf8').replace(/^(\{.*[^}\n])$/gm, '$1}');
      writeFileSync(exported, mended);

      await own.owner.query(`create function ops.hold() returns trigger language plpgsql as $$
        begin
          perform pg_sleep(600);
          return case tg_op when 'DELETE' then old else new end;
        end $$;
        create trigger hold ${moment} for each row when (${when}) execute function ops.hold()`);
      const child = startDaybook(own, folder, ['rejects', 'replay', 'out']);
      const gone = once(child, 'exit');
      const held = `from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
      await expect
        .poll(async () => (await own.owner.query(`select ${held}`)).rowCount, { timeout: 60_000 })
        .toBe(1);
      child.kill('SIGKILL');
      await gone;
      const counts = async () => {
        const { rows } = await own.owner.query<object>(
          `select
            (select count(*)::int from bronze.log_event) as loaded,
            (select count(distinct account)::int from bronze.log_event) as accounts,
            (select count(*)::int from ops.reject) as rejected`,
        );
        return rows[0];
      };
      // Two pages are done, and the third is done or undone as a whole.
      expect(await counts()).toEqual({ loaded: 400, accounts: 400, rejected: 500 });
      await own.owner.query(`select pg_terminate_backend(pid) ${held}`);
      await own.owner.query('drop function ops.hold cascade');

      expect((await run('rejects', 'replay', 'out')).stdout).toMatch(/^500 lines loaded, 0 still/);
      expect(await counts()).toEqual({ loaded: 900, accounts: 900, rejected: 0 });
      const content = await warehouseContent(own.owner);
      expect(content).toMatchObject({ isBalanced: true, isLoaded: true, isKept: true });
      expect((await run(...load, '--full-refresh')).exitCode).toBe(0);
      expect(await warehouseContent(own.owner)).toEqual(content);
    } finally {
      await own.drop();
    }
  });

  test('a record of several lines comes back as it was, and can be mended', async () => {
    const own = await createTestDatabase();
    try {
      const folder = projectFolder({
        'data/a.csv': 'n,t\nx5,"one\ntwo, ""2""\n\n"\ny6,"three\n"\n7,z\n',
        'sql/sources/number.yaml':
          'files: ["*.csv"]\nformat: csv\ncolumns: { n: { type: bigint }, t: { type: text } }\n',
      });
      const run = (...args: string[]) => daybook(own, folder, ...args);
      const rows = async () => {
        const { rows: found } = await own.owner.query<object>(
          'select line_number::int as line, n::int, t from bronze.number order by 1',
        );
        return found;
      };
      expect((await run(...load)).exitCode).toBe(0);
      expect((await run('rejects', 'export', 'out')).stdout).toMatch(/^2 lines in 1 file/);
      // Nobody mended anything, so nothing is remembered as mended.
      expect((await run('rejects', 'replay', 'out')).stdout).toMatch(/^0 lines loaded, 2 still/);
      expect((await own.owner.query('select from ops.mended_line')).rowCount).toBe(0);
      const exported = join(folder, 'out/a.csv.rejects');
      writeFileSync(exported, readFileSync(exported, 'utf8').replace('\nx5,', '\n5,'));
      expect((await run('rejects', 'replay', 'out')).stdout).toMatch(/^1 line loaded, 1 still/);
      const loaded = [
        { line: 2, n: 5, t: 'one\ntwo, "2"\n\n' },
        { line: 8, n: 7, t: 'z' },
      ];
      expect(await rows()).toEqual(loaded);
      expect((await run(...load, '--full-refresh')).exitCode).toBe(0);
      expect(await rows()).toEqual(loaded);
    } finally {
      await own.drop();
    }
  });

  test.each([
    ['one array on a line', (records: string[]) => `[${records.join(', ')}]\n`],
    [
      'records of several lines that share some',
      (records: string[]) => `{\n${records.join(' ').slice(1)}\n`,
    ],
  ])('%s: each record has an entry, comes back and is mended by itself', async (_, document) => {
    const own = await createTestDatabase();
    try {
      // More than a page of the quarantine, and some that are the same byte for byte.
      const wrong = '{"id":"x"}';
      const records = Array.from({ length: 500 }, (_, i) => (i % 2 === 0 ? `{"id":${i}}` : wrong));
      const folder = projectFolder({
        'data/a.json': document(records),
        'sql/sources/number.yaml':
          'files: ["*.json"]\nformat: json\ncolumns: { id: { type: bigint } }\n',
      });
      const run = (...args: string[]) => daybook(own, folder, ...args);
      const ids = async () => {
        const { rows } = await own.owner.query<{ id: number }>(
          'select id::int from bronze.number order by 1',
        );
        return rows.map(({ id }) => id);
      };
      expect(await run(...load)).toMatchObject({ exitCode: 0 });
      expect((await run('rejects', 'list')).stdout.match(/invalid_type/g)).toHaveLength(250);
      expect((await run('rejects', 'export', 'out')).stdout).toMatch(/^250 lines in 1 file/);
      const exported = join(folder, 'out/a.json.rejects');
      // All but the last are mended, each to another number.
      let next = 1000;
      const mended = readFileSync(exported, 'utf8').replaceAll(`\n${wrong}\n`, (found) =>
        next < 1249 ? `\n{"id":${next++}}\n` : found,
      );
      writeFileSync(exported, mended);
      expect((await run('rejects', 'replay', 'out')).stdout).toMatch(/^249 lines loaded, 1 still/);
      const all = [
        ...Array.from({ length: 250 }, (_, i) => i * 2),
        ...Array.from({ length: 249 }, (_, i) => 1000 + i),
      ];
      expect(await ids()).toEqual(all);
      // Once more is no more: what is left is not mistaken for another with its bytes.
      expect((await run('rejects', 'replay', 'out')).stdout).toMatch(/^0 lines loaded, 1 still/);
      const content = await warehouseContent(own.owner);
      expect(content).toMatchObject({ isBalanced: true });
      expect((await run(...load, '--full-refresh')).exitCode).toBe(0);
      expect(await ids()).toEqual(all);
      expect(await warehouseContent(own.owner)).toEqual(content);
    } finally {
      await own.drop();
    }
  });

  test('rules that were changed are those of the replay and of the next run, each line once', async () => {
    const own = await createTestDatabase();
    try {
      const folder = projectFolder({
        'data/a.csv': 'n,t\n1,2019-01-01\nx2,2019-01-02\n3,never\n',
        'sql/sources/number.yaml':
          'files: ["*.csv"]\nformat: csv\ncolumns: { n: { type: bigint }, t: { type: date } }\n',
      });
      const run = (...args: string[]) => daybook(own, folder, ...args);
      const rows = async () => {
        const { rows: found } = await own.owner.query<object>(
          'select line_number::int as line, to_jsonb(number) - array[$1, $2, $3] as row from bronze.number order by 1',
          ['line_number', 'source_file', 'payload'],
        );
        return found;
      };
      expect((await run(...load)).exitCode).toBe(0);
      expect(await rows()).toEqual([{ line: 2, row: { n: 1, t: '2019-01-01' } }]);
      // A column more, and one that takes what was refused.
      writeFileSync(
        join(folder, 'sql/sources/number.yaml'),
        'files: ["*.csv"]\nformat: csv\ncolumns: { n: { type: bigint }, t: { type: date }, name: { type: text, from: n } }\n',
      );
      expect((await run('rejects', 'replay')).stdout).toMatch(/^0 lines loaded, 2 still/);
      writeFileSync(
        join(folder, 'sql/sources/number.yaml'),
        'files: ["*.csv"]\nformat: csv\ncolumns: { name: { type: text, from: n }, t: { type: text } }\n',
      );
      const replayed = await run('rejects', 'replay');
      expect(replayed.stdout + replayed.stderr).toMatch(/^2 lines loaded, 0 still/);
      expect((await run(...load)).exitCode).toBe(0);
      expect(await rows()).toEqual([
        { line: 2, row: { n: null, name: '1', t: '2019-01-01' } },
        { line: 3, row: { n: null, name: 'x2', t: '2019-01-02' } },
        { line: 4, row: { n: null, name: '3', t: 'never' } },
      ]);
    } finally {
      await own.drop();
    }
  });
});
