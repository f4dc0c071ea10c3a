import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { createLogger, silentLogger } from '../../src/logger.js';
import { makeLinkPictures } from '../../src/notebook/publish/link-pictures.js';
import { runsWithoutPicture } from '../../src/publication/run-pictures.js';
import { createApp } from '../../src/server/app.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import { exportSite } from '../../src/server/export/export-site.js';
import { listen } from '../../src/http/listen.js';
import { createReaders } from '../../src/server/reading/readers/readers.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { requireBrowser } from '../requirement.js';
import { startAccessServer } from './access/access-server.js';
import { churnNotebook, notebookOf, prose, publish } from './published.js';

let database: TestDatabase;
let run: bigint;
const origin = 'https://reports.example.org';

beforeAll(async () => {
  database = await createTestDatabase();
  const { owner } = database;
  await publish(owner, 'churn', churnNotebook, { title: 'Earlier' });
  run = await publish(owner, 'churn', churnNotebook, { title: '<b>Churn & "co"' });
  await publish(owner, 'words', notebookOf([prose('# Words\n\nNo chart.')]), {});
});

afterAll(async () => {
  await database.drop();
});

/** Makes the pictures once, or leaves the test out where there is no browser. */
async function makePictures(context: TestContext): Promise<void> {
  const env = { CHROME_PATH: requireBrowser(context) };
  await makeLinkPictures(database.owner, env, silentLogger);
}

async function sharedOptions() {
  return {
    ...createReaders(database.reader),
    isPatient: true,
    assets: await loadAssets(),
    timeZone: 'America/Toronto',
  };
}

test('without a browser nothing is made, the log says why, and the publication stands', async () => {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line) });
  await makeLinkPictures(database.owner, { PATH: '' }, logger);
  expect(lines.join('\n')).toContain('BROWSER_MISSING');
  expect(await runsWithoutPicture(database.owner)).toHaveLength(2);
});

test('a page names the picture of its main chart by its whole address, and the picture is a PNG', async (context) => {
  await makePictures(context);
  // What has none is not tried again.
  expect(await runsWithoutPicture(database.owner)).toEqual([]);
  const app = createApp({ ...(await sharedOptions()), publicOrigin: origin, basePath: '/daybook' });
  const server = await listen(app, '127.0.0.1', 0);
  try {
    const html = await (await fetch(`${server.url}/daybook/notebooks/churn`)).text();
    const path = `/daybook/notebooks/churn/runs/${run}/picture.png`;
    expect(html).toContain(`<meta property="og:image" content="${origin}${path}">`);
    expect(html).toContain('<meta property="og:image:width" content="1200">');
    const response = await fetch(server.url + path);
    expect(response.headers.get('content-type')).toBe('image/png');
    const png = Buffer.from(await response.arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
    // Empty paper would be a few kilobytes.
    expect(png.length).toBeGreaterThan(10_000);

    const words = await (await fetch(`${server.url}/daybook/notebooks/words`)).text();
    expect(words).not.toContain('og:image');
    for (const other of [
      `/notebooks/words/runs/${run}/picture.png`,
      `/notebooks/churn/runs/${run - 1n}/picture.png`,
      '/notebooks/churn/runs/x/picture.png',
    ]) {
      expect([other, (await fetch(server.url + other)).status]).toEqual([other, 404]);
    }
  } finally {
    await server.close();
  }
});

test('where nobody said under which address it is reached, no page names a picture', async (context) => {
  await makePictures(context);
  const server = await listen(createApp(await sharedOptions()), '127.0.0.1', 0);
  try {
    const html = await (await fetch(`${server.url}/notebooks/churn`)).text();
    expect(html).toContain('og:title');
    expect(html).not.toContain('og:image');
  } finally {
    await server.close();
  }
});

test('who may not read the page may not have its picture', async (context) => {
  await makePictures(context);
  const access = await startAccessServer(database, { DAYBOOK_PUBLIC_ORIGIN: origin });
  try {
    const path = `/notebooks/churn/runs/${run}/picture.png`;
    const headers = { Accept: 'image/png' };
    expect((await access.send(path, { headers })).status).toBe(401);
  } finally {
    await access.close();
  }
});

test('a copy has the pictures, under the address that it will have', async (context) => {
  await makePictures(context);
  const folder = await mkdtemp(join(tmpdir(), 'daybook-pictures-'));
  try {
    await exportSite({ ...(await sharedOptions()), folder, publicAddress: `${origin}/site` });
    const file = `notebooks/churn/runs/${run}/picture.png`;
    expect(existsSync(join(folder, file))).toBe(true);
    const html = readFileSync(join(folder, 'notebooks/churn.html'), 'utf8');
    expect(html).toContain(`content="${origin}/site/${file}"`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a document that is broken costs its own picture alone', async (context) => {
  const { owner } = database;
  await publish(owner, 'a-torn', '{"cells": [', {});
  await publish(owner, 'b-odd', '{"nbformat": 9}', {});
  const good = await publish(owner, 'c-good', churnNotebook, {});
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line) });
  await makeLinkPictures(owner, { CHROME_PATH: requireBrowser(context) }, logger);
  expect(lines.join('\n')).toMatch(/a-torn[^]*b-odd/);
  expect(await runsWithoutPicture(owner)).toEqual([]);
  const { rows } = await owner.query<{ bytes: number }>(
    'select length(picture) as bytes from publication.notebook_run where run_id = $1',
    [good],
  );
  expect(rows[0]?.bytes).toBeGreaterThan(1000);
});
