import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHtml } from 'hast-util-from-html';
import { visit } from 'unist-util-visit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plotBundle } from '../../../../src/display/plot.js';
import { listen, type Listening } from '../../../../src/http/listen.js';
import { choiceText, type ChoiceValue } from '../../../../src/publication/choice-values.js';
import { choiceQuery } from '../../../../src/publication/choices.js';
import { createApp } from '../../../../src/server/app.js';
import { exportSite } from '../../../../src/server/export/export-site.js';
import { loadAssets } from '../../../../src/server/parts/assets.js';
import { createReaders } from '../../../../src/server/reading/readers/readers.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { code, display, notebookOf, prose, publish } from '../../published.js';

const hostile = '"><script>alert(1)</script>&a=b/../..';
const values: readonly ChoiceValue[] = ['ON', 'QC', '', 0, false, hostile];
const choices = [
  {
    ...{ name: 'province', label: 'Province', standing: 'ON' },
    options: values.map((value) => ({ value, label: choiceText(value) })),
  },
  {
    ...{ name: 'detail', label: 'Detail', standing: false },
    options: [false, true].map((value) => ({ value, label: value ? 'Yes' : 'No' })),
  },
];

let database: TestDatabase;
let server: Listening;
let runs: Record<string, bigint>;

const documentOf = (text: string) =>
  notebookOf([
    prose('# Sales'),
    code('plot()', [
      display(
        plotBundle({ id: 'sales', title: 'Sales', data: [{ type: 'bar', x: [text], y: [1] }] }),
      ),
    ]),
  ]);

beforeAll(async () => {
  database = await createTestDatabase();
  const { owner } = database;
  runs = { ON: await publish(owner, 'sales', documentOf('here 0'), { title: 'Sales', choices }) };
  for (const [index, province] of values.entries()) {
    if (index === 0) continue;
    const state = { of: 'sales', values: { province, detail: false } };
    const document = documentOf(`here ${index}`);
    const name = province === 'QC' ? 'sales--QC' : `sales--${index}`;
    runs[choiceText(province)] = await publish(owner, name, document, { title: 'State', state });
  }
  const gone = { of: 'sales', values: { province: 'XX', detail: false } };
  await publish(owner, 'sales--XX', documentOf('gone'), { title: 'Gone', state: gone });
  await publish(owner, 'other', documentOf('other'), { title: 'Other' });
  server = await listen(createApp(await siteOptions()), '127.0.0.1', 0);
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

async function siteOptions() {
  return {
    ...createReaders(database.reader),
    isPatient: true,
    assets: await loadAssets(),
    timeZone: 'America/Toronto',
  };
}

/** The scripts of a page that have no address and no type: those that would run. */
const inlineScripts = (html: string) => {
  const scripts: string[] = [];
  visit(fromHtml(html), 'element', ({ tagName, properties }) => {
    if (tagName === 'script' && !('src' in properties) && !('type' in properties)) {
      scripts.push(tagName);
    }
  });
  return scripts;
};
const get = (path: string) => fetch(server.url + path, { redirect: 'manual' });
const text = async (path: string) => (await get(path)).text();

test.each(values)('the page of %j is finished, and says what was chosen', async (value) => {
  const query = choiceQuery({ parameters: choices }, { province: value, detail: false });
  const page = await get(`/notebooks/sales${query}`);
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(inlineScripts(html)).toEqual([]);
  const [, current] = /aria-current="true">([^<]*)<\/a>/.exec(html) ?? [];
  expect(current).toBe(
    value === ''
      ? '(empty)'
      : choiceText(value).replaceAll('&', '&#x26;').replaceAll('<', '&#x3C;'),
  );
  const csv = await text(`/notebooks/sales/figures/sales.csv${query}`);
  expect(csv).toContain(`here ${values.indexOf(value)}`);
  const run = String(runs[choiceText(value)]);
  expect(await text(`/notebooks/sales/runs/${run}/figures/sales.csv${query}`)).toBe(csv);
  expect((await get(`/notebooks/sales/runs/${run}${query}`)).status).toBe(200);
});

test('other names in the query mean nothing; values that do not exist are not found, with what there is', async () => {
  expect((await get('/notebooks/sales?utm_source=mail&province=QC')).status).toBe(200);
  for (const query of ['province=ZZ', 'province=XX', 'province=QC&province=ON', 'detail=true']) {
    const missing = await get(`/notebooks/sales?${query}`);
    expect([query, missing.status]).toEqual([query, 404]);
    const html = await missing.text();
    expect(html).toContain('Province: ON, QC,');
    expect(html).toContain('href="/notebooks/sales?province=QC"');
    expect(inlineScripts(html)).toEqual([]);
  }
  // The page that is there is not the one of a value that is not, whichever was asked for first.
  expect((await get('/notebooks/sales')).status).toBe(200);
  expect((await get('/notebooks/sales?province=ZZ')).status).toBe(404);
  expect((await get('/notebooks/sales/figures/sales.csv?province=ZZ')).status).toBe(404);
  expect((await get('/notebooks/other?province=QC')).status).toBe(200);
});

test('a combination has one address, and its runs have theirs', async () => {
  const led = await get('/notebooks/sales--QC');
  expect([led.status, led.headers.get('Location')]).toEqual([308, 'sales?province=QC']);
  const run = String(runs['QC']);
  expect((await get(`/notebooks/sales--QC/runs/${run}`)).status).toBe(200);
  expect((await get(`/notebooks/sales/runs/${run}`)).status).toBe(404);
  expect((await get('/notebooks/sales--XX')).status).toBe(404);
  expect(await text('/notebooks/sales?province=QC&code=shown')).toContain('Sales: QC, No');
});

test('menu, home, search, feed and status know one notebook', async () => {
  await expect.poll(() => text('/search.js')).toContain('/notebooks/other');
  for (const path of ['/', '/search.js', '/feed.atom', '/status.json', '/metrics']) {
    const all = await text(path);
    expect([path, all.includes('sales--'), all.includes('State')]).toEqual([path, false, false]);
  }
});

test('a static copy holds a file of each combination, and its links lead there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-choices-'));
  try {
    await exportSite({ ...(await siteOptions()), folder: join(folder, 'site') });
    const page = (name: string) => readFileSync(join(folder, 'site/notebooks', name), 'utf8');
    expect(page('sales.html')).toContain('href="../notebooks/sales--QC.html"');
    const other = page('sales--QC.html');
    expect(other).toContain('aria-current="true">QC</a>');
    expect(other).toContain('href="../notebooks/sales.html"');
    const figure = join(folder, 'site/notebooks/sales--QC/figures/sales.csv');
    expect(readFileSync(figure, 'utf8')).toContain('here 1');
    expect(existsSync(join(folder, 'site/notebooks/sales--XX.html'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
