import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportDashboard } from '../../../src/commands/dashboard/export.js';
import { rejectsExport } from '../../../src/commands/pipeline/rejects.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { notebookOf, prose, publish } from '../../server/published.js';
import { startObjectServer, type ObjectServer } from '../../storage/object-server.js';
import { runCommand } from '../run-command.js';

let database: TestDatabase;
let server: ObjectServer;
beforeAll(async () => {
  database = await createTestDatabase();
  server = await startObjectServer('site');
  await publish(database.owner, 'churn', notebookOf([prose('# Churn')]), {});
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

test('the dashboard is copied to a bucket, and the second time nothing is sent', async () => {
  const config = { ...database.config, storage: server.store };
  const run = () => runCommand(exportDashboard, config, { positionals: ['s3://site/reports/'] });
  const first = await run();
  expect(first.stdout).toMatch(
    /^(\d+) files in s3:\/\/site\/reports\/: \d+ sent, 0 as they were, 0 removed\n$/,
  );
  const { endpoint = '' } = server.store;
  const headersOf = async (path: string) => {
    const { status, headers } = await fetch(`${endpoint}/site/reports/${path}`);
    return [status, headers.get('content-type'), server.cacheControlOf(`/site/reports/${path}`)];
  };
  const page = await (await fetch(`${endpoint}/site/reports/index.html`)).text();
  expect(await headersOf('index.html')).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
  const [, sheet = ''] = /href="(assets\/[^"]+\.css)"/.exec(page) ?? [];
  expect(await headersOf(sheet)).toEqual([
    200,
    'text/css; charset=utf-8',
    'max-age=31536000, immutable',
  ]);
  expect((await run()).stdout).toMatch(/: [01] sent, \d+ as they were, 0 removed\n$/);
});

test('rejected lines are copied to a bucket', async () => {
  const config = { ...database.config, storage: server.store };
  const { stdout } = await runCommand(rejectsExport, config, {
    positionals: ['s3://site/rejects'],
  });
  expect(stdout).toBe('0 lines in 0 files below s3://site/rejects\n');
});

test('an address that names no bucket is refused before the work', async () => {
  const run = runCommand(exportDashboard, database.config, { positionals: ['s3://'] });
  await expect(run).rejects.toMatchObject({ code: 'USAGE' });
});
