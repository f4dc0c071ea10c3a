// @module-tag heavy
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { darkAccent } from '../../../src/config/theme/palette.js';
import type { ThemeSettings } from '../../../src/config/theme/theme-config.js';
import { listen, type Listening } from '../../../src/http/listen.js';
import { readNotebook } from '../../../src/nbformat/read-notebook.js';
import { createApp } from '../../../src/server/app.js';
import { exportSite } from '../../../src/server/export/export-site.js';
import { selfContainedPage } from '../../../src/server/export/self-contained.js';
import { loadAssets, type Assets } from '../../../src/server/parts/assets.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import { createTestDatabase, root, type TestDatabase } from '../../database.js';
import { expectNoIncidents, openPage } from '../browser.js';
import { churnNotebook, publish } from '../published.js';

/** A logo that would run and load, were it an element of the page. */
const logo = (color: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 28"><style>rect{fill:${color}}</style>` +
  `<script>parent.ran=1;alert(1)</script><image href="https://elsewhere.example/a.png"/>` +
  `<rect width="120" height="28" rx="4"/></svg>`;

let database: TestDatabase;
let assets: Assets;
let server: Listening;
let copy: Listening;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await publish(database.owner, 'churn', churnNotebook, { title: 'Customer churn' });
  folder = mkdtempSync(join(tmpdir(), 'daybook-house-style-'));
  writeFileSync(join(folder, 'logo.svg'), logo('#0b6e4f'));
  writeFileSync(join(folder, 'dark.svg'), logo('#7cc4a4'));
  const fonts = join(root, 'node_modules/katex/dist/fonts');
  copyFileSync(join(fonts, 'KaTeX_SansSerif-Regular.woff2'), join(folder, 'text.woff2'));
  const theme: ThemeSettings = {
    accent: { light: '#0b6e4f', dark: darkAccent('#0b6e4f') },
    logo: {
      file: join(folder, 'logo.svg'),
      darkFile: join(folder, 'dark.svg'),
      alternative: 'Example Inc.',
    },
    fonts: [{ use: 'text', file: join(folder, 'text.woff2'), weight: '400', style: 'normal' }],
  };
  assets = await loadAssets(theme);
  const options = { ...createReaders(database.reader), assets, timeZone: 'UTC' };
  const app = createApp({ ...options, isPatient: true, basePath: '/daybook' });
  server = await listen(app, '127.0.0.1', 0);
  mkdirSync(join(folder, 'site'));
  await exportSite({ ...options, folder: join(folder, 'site') });
  const files = express();
  files.use('/below/it', express.static(join(folder, 'site')));
  copy = await listen(files, '127.0.0.1', 0);
});

afterAll(async () => {
  await server.close();
  await copy.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

test.for([
  ['below a base path', () => `${server.url}/daybook/notebooks/churn`],
  ['in a static copy below a path', () => `${copy.url}/below/it/notebooks/churn.html`],
] as const)(
  'a house style is on the page, %s, from its own address alone',
  async ([, address], context) => {
    const page = await openPage(context, new URL(address()).origin);
    const seen: string[] = [];
    page.on('response', (response) => {
      if (/\/(?:logo|font)\./.test(response.url())) {
        seen.push(`${response.status()} ${/(\w+)\.[\w-]+\.\w+$/.exec(response.url())?.[1] ?? ''}`);
      }
    });
    await page.goto(address());
    await page.evaluate(() => document.fonts.ready);
    await page.waitForLoadState('networkidle');
    expect([...new Set(seen)].sort()).toEqual(['200 font', '200 logo']);
    const logoOf = (name: string) => page.getByRole('link', { name }).locator('img:visible');
    expect(await logoOf('Example Inc.').count()).toBe(1);
    const size = await logoOf('Example Inc.').evaluate((image: HTMLImageElement) => [
      image.naturalWidth > 0,
      image.height,
    ]);
    expect(size).toEqual([true, 28]);
    await page.evaluate(() => {
      const probe = document.createElement('a');
      probe.className = 'accent-probe';
      probe.href = '#';
      document.querySelector('article')?.append(probe);
    });
    const look = () =>
      page.evaluate(() => ({
        link: getComputedStyle(document.querySelector('.accent-probe') ?? document.body).color,
        first: getComputedStyle(document.querySelector('svg .series-1') ?? document.body).color,
        font: getComputedStyle(document.body).fontFamily.split(',')[0],
        hasFont: [...document.fonts].some(({ status }) => status === 'loaded'),
        ran: 'ran' in window,
      }));
    expect(await look()).toMatchObject({
      ...{ link: 'rgb(11, 110, 79)', first: 'rgb(11, 110, 79)', hasFont: true, ran: false },
      font: '"house text"',
    });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect((await look()).link).not.toBe('rgb(11, 110, 79)');
    expect(await logoOf('Example Inc.').count()).toBe(1);
    expectNoIncidents(page);
  },
);

test('a page that is one file has logo and font in it', async (context) => {
  const notebook = await readNotebook(join(root, 'test/input/customer-churn.ipynb'), 'churn');
  const html = await selfContainedPage(notebook, 'churn', assets);
  const file = join(folder, 'alone.html');
  writeFileSync(file, html);
  expect(readFileSync(file, 'utf8')).not.toMatch(/(?:src|href)="\/assets/);
  const page = await openPage(context, 'file://');
  await page.goto(`file://${file}`);
  await page.evaluate(() => document.fonts.ready);
  const found = await page.evaluate(() => ({
    fonts: [...document.fonts].map(({ status }) => status),
    hasLogo: (document.querySelector<HTMLImageElement>('.brand img')?.naturalWidth ?? 0) > 0,
  }));
  expect(found).toEqual({ fonts: ['loaded'], hasLogo: true });
  expectNoIncidents(page);
});
