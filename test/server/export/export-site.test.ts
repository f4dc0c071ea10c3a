// @module-tag heavy
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrowser } from '../../../src/browser/find-browser.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { exportSite } from '../../../src/server/export/export-site.js';
import { printPages } from '../../../src/server/export/print-pages.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { requireBrowser } from '../../requirement.js';
import { expectNoIncidents, openPage, scrollThrough } from '../browser.js';
import { addPipelineHistory, churnNotebook, notebookOf, prose, publish } from '../published.js';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const [pipelineRunId] = await addPipelineHistory(database.owner);
  const titled = { title: 'Customer churn', pipelineRunId };
  await publish(database.owner, 'churn', churnNotebook, titled);
  await publish(database.owner, 'churn', churnNotebook, titled);
  await publish(database.owner, 'öd d%', notebookOf([prose('# Odd\n\n[churn](churn.ipynb)')]), {});
  folder = await mkdtemp(join(tmpdir(), 'daybook-export-'));
  await exportSite(await options(join(folder, 'site')));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

async function options(target: string) {
  return {
    ...createReaders(database.reader),
    assets: await loadAssets(),
    timeZone: 'America/Toronto',
    folder: target,
  };
}

test('notebooks are printed as PDF, charts and all, where there is a browser', async (context) => {
  const browser = requireBrowser(context);
  const printed = await printPages(join(folder, 'site'), browser);
  expect(printed.map((file) => basename(file))).toEqual(['%C3%B6d%20d%25.pdf', 'churn.pdf']);
  for (const file of printed) {
    const pdf = readFileSync(file);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    // A page is some kilobytes, one with charts many.
    expect(pdf.length).toBeGreaterThan(file.endsWith('churn.pdf') ? 40_000 : 5000);
  }
});

test('one notebook alone is its page and what that loads; its links lead to where it is published', async (context) => {
  const browser = requireBrowser(context);
  const alone = join(folder, 'alone');
  const publicAddress = 'https://reports.example.org/daybook';
  await exportSite({ ...(await options(alone)), notebook: 'churn', publicAddress });
  const files = readdirSync(alone, { recursive: true, encoding: 'utf8' });
  expect(files.filter((file) => file.endsWith('.html'))).toEqual(['notebooks/churn.html']);
  const html = readFileSync(join(alone, 'notebooks/churn.html'), 'utf8');
  expect(html).toContain(`href="${publicAddress}/notebooks/churn/runs/2"`);
  expect(html).toMatch(/<link rel="stylesheet" href="\.\.\/assets\//);
  const printed = await printPages(alone, browser);
  expect(printed.map((file) => basename(file))).toEqual(['churn.pdf']);
  await expect(
    exportSite({ ...(await options(join(folder, 'none'))), notebook: 'none' }),
  ).rejects.toMatchObject({ code: 'NOTEBOOK_NOT_FOUND' });
});

test('where there is no browser, or none that prints, it is said at once', async () => {
  await expect(findBrowser({ PATH: folder })).rejects.toMatchObject({ code: 'BROWSER_MISSING' });
  await expect(printPages(join(folder, 'site'), process.execPath)).rejects.toMatchObject({
    code: 'PRINT_FAILED',
  });
});

test('every link of every file leads to a file, and none to the root of a host', () => {
  const site = join(folder, 'site');
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
  const pages = files.filter((file) => file.endsWith('.html'));
  expect(pages).toContain('notebooks/churn/compare/1/2.html');
  const broken: string[] = [];
  for (const file of pages) {
    const html = readFileSync(join(site, file), 'utf8');
    for (const [, address = ''] of html.matchAll(
      / (?:href|src|data-(?:plotly|search))="([^"]*)"/g,
    )) {
      if (/^(?:#|data:|https?:|mailto:)/.test(address)) continue;
      const path = decodeURIComponent(address.split('#')[0] ?? '');
      if (path.startsWith('/') || !existsSync(resolve(dirname(join(site, file)), path))) {
        broken.push(`${file}: ${address}`);
      }
    }
  }
  expect(broken).toEqual([]);
});

test('figures are there as files, of the newest run and of each, and under their numbers from before', () => {
  const figures = join(folder, 'site/notebooks/churn/runs/2/figures');
  const csv = (name: string) => readFileSync(join(figures, `${name}.csv`), 'utf8');
  expect(csv('1')).toBe(csv('churn-peaked-in-may-2019-at-9-2'));
  const forms = ['csv', 'xlsx', 'json', 'svg'].map(
    (form) => `churn-peaked-in-may-2019-at-9-2.${form}`,
  );
  for (const folderOf of [figures, join(folder, 'site/notebooks/churn/figures')]) {
    expect(readdirSync(folderOf)).toEqual(expect.arrayContaining(forms));
  }
});

test('the copy works from a disk: charts, search, theme', async (context) => {
  const home = pathToFileURL(join(folder, 'site')).href;
  const page = await openPage(context, home);
  await page.goto(`${home}/notebooks/churn.html`);
  await scrollThrough(page);
  await page.waitForFunction(() => document.querySelectorAll('.drawn').length === 3);
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('odd');
  await page.locator('dialog.search').getByRole('link', { name: 'Odd' }).click();
  await page.getByRole('heading', { name: 'Odd' }).waitFor();
  await page.locator('main').getByRole('link', { name: 'churn' }).click();
  await page.getByRole('heading', { name: 'Customer churn' }).waitFor();
  expectNoIncidents(page);
});

test('names that are too long for a file are shortened, and their links with them', async () => {
  const long = '顧客の解約率と契約プランの変更に関する月次レポート二千二十六年度版その壱';
  const other = `${long}弐`;
  for (const slug of [long, other]) {
    await publish(database.owner, slug, notebookOf([prose(`# ${slug}`)]), { title: slug });
  }
  const site = join(folder, 'long');
  await exportSite(await options(site));
  const names = readdirSync(join(site, 'notebooks')).filter((name) => name.startsWith('%E9'));
  const pages = names.filter((name) => name.endsWith('.html'));
  expect(pages).toHaveLength(2);
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThan(256);
  const home = readFileSync(join(site, 'index.html'), 'utf8');
  for (const name of pages) expect(home).toContain(`"notebooks/${name.replaceAll('%', '%25')}"`);
});

test('each page of a copy carries its policy', () => {
  const site = join(folder, 'site');
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
  const pages = files.filter((file) => file.endsWith('.html'));
  const open = pages.filter((file) => {
    const html = readFileSync(join(site, file), 'utf8');
    return !/<meta http-equiv="Content-Security-Policy" content="default-src \S*none/.test(html);
  });
  expect(pages.length).toBeGreaterThan(5);
  expect(open).toEqual([]);
});
