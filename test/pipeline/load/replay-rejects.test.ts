import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { daybook, projectFolder } from '../daybook-process.js';
import { warehouseContent } from '../warehouse-content.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const line = (account: number, date = '2019-01-05T10:00:00-05:00') =>
  JSON.stringify({ date, log_type: 'LOGIN', account });

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
    expect((await run('pipeline', 'run')).exitCode).toBe(0);
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
      /^0 lines loaded, 3 still.* 2 mended/,
    );
    expect(await accounts()).toEqual(loaded);
    const content = await warehouseContent(database.owner);
    expect(content).toMatchObject({ isBalanced: true, isLoaded: true, isKept: true });

    expect((await run('pipeline', 'run', '--full-refresh')).exitCode).toBe(0);
    expect(await warehouseContent(database.owner)).toEqual(content);

    // Another line in its place is not the one that was mended.
    writeFileSync(join(folder, 'data/below/b.log'), `${line(5, 'never')}\n`);
    appendFileSync(join(folder, 'data/a.log'), `${line(9)}\n`);
    expect((await run('pipeline', 'run')).exitCode).toBe(0);
    expect(await accounts()).toEqual([...loaded.slice(0, 3), 'a.log:7:9'].sort());
  });
});
