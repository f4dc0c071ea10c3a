import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../../src/logger.js';
import { startDashboard, type Dashboard } from '../../../src/server/dashboard.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import {
  addPipelineHistory,
  churnNotebook,
  code,
  display,
  notebookOf,
  prose,
  publish,
} from '../published.js';

let database: TestDatabase;
let dashboard: Dashboard;

beforeAll(async () => {
  database = await createTestDatabase();
  await addPipelineHistory(database.owner);
  await publish(database.owner, 'churn', churnNotebook, { title: 'Churn' });
  // More elements than any page has: it takes all the time that a piece may, however well it is read.
  const vast = display({ 'text/html': '<i>a</i>'.repeat(2_000_000), 'text/plain': 'a vast table' });
  await publish(database.owner, 'vast', notebookOf([prose('# Vast'), code('vast()', [vast])]));
  dashboard = await startDashboard({
    pool: database.reader,
    config: { ...database.config, port: 0 },
    logger: silentLogger,
  });
});

afterAll(async () => {
  await dashboard.close();
  await database.drop();
});

test('while the worst page is rendered, all others answer', async () => {
  let isOver = false;
  const worst = fetch(`${dashboard.url}/notebooks/vast`).then(async (response) => {
    const text = await response.text();
    isOver = true;
    return text;
  });
  for (const path of [
    '/healthz',
    '/',
    '/notebooks/churn',
    '/status.json',
    '/pipeline',
    '/data',
    '/search.js',
    '/feed.atom',
    '/metrics',
  ]) {
    const { status } = await fetch(dashboard.url + path);
    expect([path, status, isOver]).toEqual([path, 200, false]);
  }
  const page = await worst;
  expect(page).toContain('This output took too long to lay out: it is shown as its text.');
  expect(page).toContain('a vast table');
  expect(page).toContain('<h1>Vast</h1>');
  // What came of it is kept, and now the other pages know it.
  const again = await fetch(`${dashboard.url}/notebooks/vast?code=shown`);
  expect(await again.text()).toContain('<details class="code" id="code-2" open>');
  expect(await (await fetch(`${dashboard.url}/search.js`)).text()).toContain('vast');
});
