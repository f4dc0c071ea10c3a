// @module-tag heavy
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { cookiesOf, giveUsers, openForm, password, postForm } from './access/access-server.js';
import { openPage } from './browser.js';
import { notebookOf, prose, publish } from './published.js';

let database: TestDatabase;
const children: ChildProcess[] = [];
const urls: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { databaseUrl = '', readerUrl = '', home, access } = database.config;
  await giveUsers(access.folder, { ada: [] });
  await publishLive('First words.');
  for (let count = 0; count < 2; count += 1) {
    const child = spawn(process.execPath, [join(root, 'bin/daybook.js'), 'serve'], {
      cwd: root,
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        DAYBOOK_READER_URL: readerUrl,
        DAYBOOK_HOME: home,
        DAYBOOK_SIGN_IN: 'password',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    urls.push(/http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0] ?? '');
  }
});

afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null) continue;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }
  await database.drop();
});

function publishLive(words: string) {
  const notebook = notebookOf([prose('# Live'), prose(words)]);
  return publish(database.owner, 'live', notebook, { visibility: 'public' });
}

test('open pages of every server process show what any process publishes', async (context) => {
  const pages = [];
  for (const url of urls) {
    const page = await openPage(context, url, { isLive: true });
    await page.unrouteAll();
    const streaming = page.waitForRequest(/\/events$/);
    await page.goto(`${url}/notebooks/live`);
    await page.getByText('First words.').waitFor();
    await (await streaming).response();
    pages.push(page);
  }
  await publishLive('Second words.');
  for (const page of pages) await page.getByText('Second words.').waitFor();
});

test('a session of one process is one of all, and ends everywhere', async () => {
  const [first, second] = urls.map(
    (url) =>
      (path: string, init: RequestInit = {}) =>
        fetch(url + path, { redirect: 'manual', ...init }),
  );
  const form = await openForm(first!);
  const cookie = cookiesOf(await postForm(first!, '/sign-in', form, { name: 'ada', password }));
  const account = (send: typeof first) => send!('/account', { headers: { Cookie: cookie } });
  expect((await account(second)).status).toBe(200);
  const out = await openForm(first!, '/account', cookie);
  expect((await postForm(first!, '/sign-out', out, {})).status).toBe(303);
  expect((await account(first)).status).toBe(303);
  await expect.poll(async () => (await account(second)).status).toBe(303);
});
