import { gzipSync } from 'node:zlib';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dryRun } from '../../src/pipeline/dry-run.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { startObjectServer, type ObjectServer } from '../storage/object-server.js';
import { pipelineWorkspace } from './pipeline-workspace.js';
import { customerLogsFile } from './line-sources.js';

let database: TestDatabase;
let server: ObjectServer;
beforeEach(async () => {
  database = await createTestDatabase();
  server = await startObjectServer('logs');
});
afterEach(async () => {
  await server.close();
  await database.drop();
});

const columns = `
columns:
  at: { type: timestamptz, required: true }
  n: { type: bigint }
event_time: at
`;
const source = (files: string): string => `files: ['${files}']\nformat: json${columns}`;
const line = (n: number): string => `{"at":"2026-01-01T00:00:00Z","n":${n},"more":"x y"}\n`;
const lines = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, n) => line(from + n)).join('');

function workspace() {
  const config = { ...database.config, storage: server.store };
  const made = pipelineWorkspace(
    { ...database, config },
    {
      [customerLogsFile]: source('in/*'),
      'sql/sources/stored.yaml': source('s3://logs/in/*'),
    },
  );
  return { ...made, config: { ...config, root: made.root, dataDir: join(made.root, 'data') } };
}

async function countStored(): Promise<number> {
  const found = await database.owner.query('select from bronze.stored');
  return found.rowCount ?? 0;
}

/** Rows and rejected lines that only one of the two sources has, and how many both have. */
async function compared() {
  const own = (table: string, names: string, where = '') =>
    `select regexp_replace(source_file, '^s3://logs/', ''), ${names} from ${table} ${where}`;
  const count = async (sql: string): Promise<number> =>
    (await database.owner.query(`select from (${sql}) as t`)).rowCount ?? 0;
  const event = 'line_number, at, n, payload';
  const [ofFolder, stored] = [own('bronze.log_event', event), own('bronze.stored', event)];
  const reject = 'line_number, line_count, byte_offset, reason, raw';
  const rejects = (is: string) => own('ops.reject', reject, `where source_file ${is} like 's3:%'`);
  return {
    different:
      (await count(`(${stored}) except all (${ofFolder})`)) +
      (await count(`(${ofFolder}) except all (${stored})`)) +
      (await count(`(${rejects('')}) except all (${rejects('not')})`)) +
      (await count(`(${rejects('not')}) except all (${rejects('')})`)),
    rows: await count(stored),
    rejects: await count(rejects('')),
  };
}

test('rows of objects are those of the same files in the folder, and unchanged ones are not read', async () => {
  const { root, run, config } = workspace();
  const big = Array.from({ length: 165_000 }, (_, n) => line(n)).join('');
  const files: Record<string, string | Buffer> = {
    'plain.log': lines(1000),
    'a b+ä%20.log': `${lines(50, 5000)}no json\n\n`,
    'packed.log.gz': gzipSync(lines(20_000, 9000)),
    'empty.log': '',
    'no-end.log': lines(2).trimEnd(),
    // Large enough for a thread of its own.
    'big.log': big,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, 'data/in'), { recursive: true });
    writeFileSync(join(root, 'data/in', name), content);
    await server.put(`s3://logs/in/${name}`, content);
  }
  await server.put('s3://logs/in/.hidden.log', lines(1));
  const report = await run({ config });
  expect(report).toMatchObject({ status: 'passed', unchangedFiles: 0 });
  expect(await compared()).toEqual({ different: 0, rows: 186_052, rejects: 2 });
  server.requests();
  expect(await run({ config })).toMatchObject({ status: 'passed', unchangedFiles: 12 });
  expect(server.requests()).toEqual(['GET /logs/']);
  const plan = await dryRun(database.reader, { config });
  expect(plan.files.map(({ action }) => action)).toEqual(plan.files.map(() => 'keep'));
  expect(server.requests()).toEqual(['GET /logs/']);
});

test('objects that grow, change or vanish are what they are now', async () => {
  const { run, config, write } = workspace();
  write('data/in/x.log', lines(1));
  await server.put('s3://logs/in/grown.log', lines(100, 200));
  await server.put('s3://logs/in/changed.log', lines(100));
  await server.put('s3://logs/in/same.log', lines(100, 400));
  await run({ config });
  await server.put('s3://logs/in/grown.log', lines(150, 200));
  await server.put('s3://logs/in/changed.log', lines(100, 7));
  expect((await dryRun(database.reader, { config })).files).toMatchObject(
    [
      { file: 's3://logs/in/changed.log', action: 'load', reason: 'its content changed' },
      { file: 's3://logs/in/grown.log', action: 'append' },
      { file: 's3://logs/in/same.log', action: 'keep' },
      { file: 'in/x.log', action: 'keep' },
    ].sort((a, b) => (a.file < b.file ? -1 : 1)),
  );
  const report = await run({ config });
  expect(report.files.map(({ file, status, loaded }) => [file, status, loaded]).sort()).toEqual([
    ['s3://logs/in/changed.log', 'loaded', 100],
    ['s3://logs/in/grown.log', 'loaded', 50],
  ]);
  expect(await countStored()).toBe(350);
});

test('an object that is replaced while it is read is loaded as it is then, whole', async () => {
  const { run, config, write, events } = workspace();
  write('data/in/x.log', lines(1));
  await server.put('s3://logs/in/a.log', lines(5000));
  let isReplaced = false;
  server.disturb(({ method, url = '' }, _, pass) => {
    if (method !== 'GET' || !url.startsWith('/logs/in') || isReplaced) return false;
    isReplaced = true;
    void server.put('s3://logs/in/a.log', lines(300, 70_000)).then(() => {
      pass();
    });
    return true;
  });
  expect(await run({ config })).toMatchObject({ status: 'passed' });
  expect(await countStored()).toBe(300);
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'task_retried',
      error: expect.objectContaining({ code: 'OBJECT_CHANGED' }) as unknown,
    }),
  );
});

test('a store that does not answer takes nothing away', async () => {
  const { run, config, write } = workspace();
  write('data/in/x.log', lines(1));
  await server.put('s3://logs/in/a.log', lines(10));
  await run({ config });
  server.disturb((_, answer) => {
    answer.destroy();
    return true;
  });
  expect(await run({ config }).catch((error: unknown) => error)).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    exitCode: 75,
  });
  expect(await countStored()).toBe(10);
});

test('sources of objects alone need no folder', async () => {
  const { config, run, write } = workspace();
  write(customerLogsFile, source('s3://logs/other/*.log'));
  await expect(run({ config })).rejects.toMatchObject({ code: 'DATA_MISSING' });
  await server.put('s3://logs/other/a.log', lines(10));
  for (let n = 0; n < 103; n += 1) await server.put(`s3://logs/other/${n}.csv`, 'x');
  await server.put('s3://logs/other/README.md', 'notes');
  const report = await run({ config });
  expect(report.status).toBe('passed');
  expect(report.passedOver).toHaveLength(101);
  expect(report.passedOver.at(-1)).toEqual({
    file: 's3://logs/other/',
    reason: 'no source takes 3 more objects there',
  });
});
