// @module-tag heavy
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { plotBundle } from '../../../src/display/plot.js';
import { DaybookError } from '../../../src/errors.js';
import { readFrontEnd } from '../../../src/lab/front-end/front-end.js';
import { prepareFrontEnd } from '../../../src/lab/front-end/prepare-front-end.js';
import type { CodeCell, Notebook } from '../../../src/nbformat/notebook.js';
import { createWorkspace } from '../../end-to-end/workspace.js';
import { browserArguments, requireBrowser } from '../../requirement.js';
import { frontEndCache, requireFrontEnd } from '../front-end.js';
import { startTestLab } from '../lab.js';

const root = resolve(import.meta.dirname, '../../..');
/** The first use installs 460 MB and bundles them. */
const firstUse = 600_000;

test('the front end type-checks', { timeout: firstUse }, async (context) => {
  const { build } = await requireFrontEnd(context);
  const config = join(`${build}-tsconfig.json`);
  await writeFile(
    config,
    JSON.stringify({ extends: join(root, 'lab/tsconfig.json'), include: [join(build, 'src')] }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  let findings = '';
  try {
    execFileSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  } catch (error) {
    findings = (error as { stdout: string }).stdout;
  }
  expect(findings).toBe('');
});

test('without a network the first use says so, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-front-end-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const npm = {
    npm_config_registry: 'http://127.0.0.1:1/',
    npm_config_cache: join(folder, 'cache'),
    npm_config_fetch_retries: '0',
  };
  const bundles = join(folder, 'bundles');
  const failure = await prepareFrontEnd({
    folder: bundles,
    env: { ...process.env, ...npm },
  }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DaybookError);
  expect(failure).toMatchObject({ code: 'LAB_FRONT_END' });
  expect((failure as DaybookError).message).toMatch(/registry cannot be reached/);
  expect((failure as DaybookError).hint).toContain('daybook lab --prepare');
  expect(await readdir(bundles)).toEqual([]);
});

describe('in a browser', () => {
  let browser: Browser | undefined;
  afterAll(async () => {
    await browser?.close();
  });

  test(
    'an analyst opens churn, runs it, completes, saves, comes back',
    { timeout: firstUse },
    async (context) => {
      const executablePath = requireBrowser(context);
      await requireFrontEnd(context);
      const workspace = createWorkspace({ PATH: '', DAYBOOK_DATA_DIR: 'logs' });
      onTestFinished(() => workspace.remove());
      const home = join(workspace.folder, '.daybook');
      const logs = join(workspace.folder, 'logs');
      const sample = ['--accounts', '150', '--months', '14', '--seed', '3', '--output', logs];
      expect((await workspace.daybook('sample-data', ...sample)).exitCode).toBe(0);
      const options = { strictNullChecks: true };
      await writeFile(
        join(workspace.folder, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: options }),
      );
      expect((await workspace.daybook('pipeline', 'run')).exitCode).toBe(0);
      await mkdir(join(home, 'lab'), { recursive: true });
      await symlink(frontEndCache, join(home, 'lab', 'front-end'));

      const { match, child } = await workspace.start(
        /JupyterLab is at (\S+)/,
        'lab',
        '--port',
        '0',
      );
      browser = await chromium.launch({ executablePath, args: browserArguments });
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      const { origin } = new URL(match[1]!);
      const complaints = complaintsOf(page, origin);
      await page.goto(match[1]!);

      // It opens at the notebooks folder, asks nothing, and offers what there is.
      await page.getByRole('listitem', { name: /^Name: customer-churn.ipynb/ }).dblclick();
      expect(page.url()).not.toContain('token');
      const notebook = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
      await notebook.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
      expect(await page.locator('.jp-Dialog').count()).toBe(0);
      expect(await page.locator('.jp-LauncherCard[title*="erminal"]').count()).toBe(0);

      // Run all cells; the chart shows.
      await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Run All Cells', exact: true }).click();
      const chart = page.locator('.daybook-chart').first();
      await chart.locator('svg.main-svg').first().waitFor({ timeout: 120_000 });
      await chart.scrollIntoViewIfNeeded();
      await chart.getByRole('img', { name: /^A bar for each/ }).waitFor();
      expect(await chart.locator('.title').textContent()).toMatch(/^Churn peaked in/);
      await page.locator('.daybook-metric .value').first().waitFor();

      // The chart follows the system to the dark side.
      const ink = () =>
        chart.locator('text.ytitle').evaluate((title) => getComputedStyle(title).fill);
      const light = await ink();
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(ink).not.toBe(light);
      expect(await page.evaluate('document.body.dataset.jpThemeLight')).toBe('false');
      // JupyterLab removes its splash screen 0.2 s after each change, and fails when it was shown twice by then.
      await page.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
      await page.emulateMedia({ colorScheme: 'light' });

      // The table of contents, and names that complete while they are typed.
      await page.getByRole('tab', { name: /Table of Contents/ }).click();
      await page.locator('.jp-TableOfContents').getByText('How to check this').click();
      await notebook.locator('.jp-Cell').last().click();
      await page.keyboard.press('Escape');
      await page.keyboard.press('b');
      await page.keyboard.press('Enter');
      await page.keyboard.type('months[0].churne');
      const typesUntilOffered = (letter: string, name: string) =>
        // JupyterLab gives up after a second, and asks again at the next key.
        expect
          .poll(async () => {
            await page.keyboard.type(letter);
            const offered = page.locator('.jp-Completer-item', { hasText: name }).first();
            if (await offered.waitFor({ timeout: 3000 }).then(isThere, isNot)) return true;
            await page.keyboard.press('Backspace');
            return false;
          })
          .toBe(true);
      await typesUntilOffered('d', 'churned_customers');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Shift+Tab');
      await page.locator('.jp-Tooltip', { hasText: 'churned_customers: number' }).waitFor();
      await page.keyboard.press('Escape');

      // A cell that is run again, or edited, leaves those stale that read from it; a click runs them.
      const count = notebook.locator('.daybook-stale-count');
      expect(await count.isVisible()).toBe(false);
      const months = notebook.locator('.jp-CodeCell', { hasText: 'const months =' });
      await months.locator('.cm-content').click();
      await page.keyboard.press('Control+Enter');
      await count.waitFor();
      const marked = notebook.locator('.daybook-stale');
      expect(await count.textContent()).toBe(`${await marked.count()} stale`);
      await count.click();
      await count.waitFor({ state: 'hidden' });
      expect(await marked.count()).toBe(0);
      await months.locator('.cm-content').click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type(' ');
      await count.waitFor();
      await page.keyboard.press('Backspace');
      await count.waitFor({ state: 'hidden' });

      // The variables of the notebook are in the sidebar, with what they hold.
      await page.getByRole('tab', { name: 'Variables' }).click();
      const variable = (name: string) =>
        page.locator('.daybook-variables tr', { has: page.getByText(name, { exact: true }) });
      await variable('months')
        .getByText(/^Array\(\d+\)$/)
        .waitFor();
      await page.getByRole('tab', { name: 'Variables' }).click();
      await page.locator('.daybook-variables').waitFor({ state: 'hidden' });

      // A SQL cell is coloured as such, and shows its rows with Postgres's types.
      await notebook.locator('.jp-Cell').last().click();
      await page.keyboard.press('Escape');
      await page.keyboard.press('b');
      await page.keyboard.press('Enter');
      await page.keyboard.insertText(
        '%%sql early\nselect month, churn_rate, is_complete\nfrom ${months}\nwhere month < ${"2019-05-01"}\norder by month',
      );
      const sqlCell = notebook.locator('.jp-CodeCell').last();
      await sqlCell.locator('.cm-content[data-language="sql"]').waitFor();
      await page.keyboard.press('Control+Enter');
      await sqlCell.locator('th small', { hasText: 'date' }).waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('d');
      await page.keyboard.press('d');
      await sqlCell.locator('.cm-content[data-language="typescript"]').waitFor();

      // The most frequent mistakes are marked while they are written, and say what they are.
      await notebook.locator('.jp-Cell').last().click();
      await page.keyboard.press('Escape');
      await page.keyboard.press('b');
      await page.keyboard.press('Enter');
      const draft = notebook.locator('.jp-CodeCell').last();
      const says = async (mark: Locator, message: string) => {
        await mark.waitFor();
        const tooltip = page.locator('.cm-tooltip-lint', { hasText: message });
        // A mark that is drawn anew under the pointer shows its tooltip when the pointer comes again.
        await expect
          .poll(async () => {
            await page.mouse.move(0, 0);
            await mark.hover();
            return tooltip.waitFor({ timeout: 2000 }).then(isThere, isNot);
          })
          .toBe(true);
        await page.mouse.move(0, 0);
        await page.locator('.cm-tooltip-lint').waitFor({ state: 'detached' });
      };
      for (const [code, marked, message] of mistakes) {
        await draft.locator('.cm-content').click();
        await page.keyboard.press('Control+a');
        await page.keyboard.insertText(code);
        await says(draft.locator('.cm-lintRange-error', { hasText: marked }), message);
      }
      // A query that was right is marked once its model has changed.
      const marks = draft.locator('.cm-lintRange-error');
      await draft.locator('.cm-content').click();
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText('await query(`select year, share from gold.signup_plan`);');
      await marks.first().waitFor({ state: 'detached' });
      const model = join(workspace.folder, 'sql', 'gold', 'signup_plan.sql');
      const declared = await readFile(model, 'utf8');
      await writeFile(model, declared.replaceAll(/\bshare\b(?! of)/g, 'portion'));
      expect((await workspace.daybook('pipeline', 'run')).exitCode).toBe(0);
      // Whoever comes back from the terminal brings the window to the front.
      await page.evaluate('window.dispatchEvent(new Event("focus"))');
      await says(marks.filter({ hasText: 'share' }), 'column "share" does not exist');
      // Names in a query complete, too.
      await draft.locator('.cm-content').click();
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText('await query(`select * from gold.monthly_chu`);');
      for (let key = 0; key < 3; key += 1) await page.keyboard.press('ArrowLeft');
      await typesUntilOffered('r', 'monthly_churn');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.keyboard.press('d');
      await page.keyboard.press('d');

      // Saving keeps the outputs, and no claim of trust.
      await page.keyboard.press('Control+s');
      await page
        .locator('.lm-TabBar-tab.lm-mod-current.jp-mod-dirty')
        .waitFor({ state: 'detached' });
      const path = join(workspace.folder, 'notebooks', 'customer-churn.ipynb');
      const saved = await readFile(path, 'utf8');
      const cells = (JSON.parse(saved) as Notebook).cells.filter(isCode);
      expect(cells.slice(0, -1).map((cell) => cell.execution_count)).not.toContain(null);
      expect(
        cells.flatMap((cell) => cell.outputs.map((output) => output.output_type)),
      ).not.toContain('error');
      expect(saved).toContain('application/vnd.plotly.v1+json');
      expect(saved).not.toContain('"trusted"');
      expect(cells.at(-1)?.source).toEqual(['months[0].churned_customers']);

      // What git gets has none of it.
      const { stdout } = await workspace.daybook('notebooks', 'clean', path);
      expect(stdout).toBe('');
      const committed = JSON.parse(
        await readFile(join(root, 'notebooks/customer-churn.ipynb'), 'utf8'),
      ) as Notebook;
      const cleaned = JSON.parse(await readFile(path, 'utf8')) as Notebook;
      expect(cleaned.cells.slice(0, -1)).toEqual(committed.cells);
      expect(cleaned.metadata).toEqual(committed.metadata);
      await writeFile(path, saved);

      // Back after a reload: the notebook is there with its chart, its kernel too.
      await page.reload();
      await page.locator('.daybook-chart svg.main-svg').first().waitFor();
      await notebook.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
      expect(complaints).toEqual([]);

      child.kill('SIGINT');
      const [exitCode] = (await once(child, 'exit')) as [number | null];
      expect(exitCode).toBe(0);
    },
  );

  test('a notebook begins from the launcher, a cell from the palette', async (context) => {
    const executablePath = requireBrowser(context);
    const { bundle } = await requireFrontEnd(context);
    const lab = await startTestLab({ frontEnd: await readFrontEnd(bundle) });
    await mkdir(join(lab.workspace, 'notebooks'));
    browser ??= await chromium.launch({ executablePath, args: browserArguments });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    onTestFinished(() => page.close());
    await page.goto(lab.url('/lab/tree/notebooks'));
    await page.locator('.jp-LauncherCard', { hasText: 'Daybook notebook' }).click();
    const notebook = page.locator('.jp-NotebookPanel');
    await notebook.getByRole('heading', { name: 'New notebook' }).waitFor();
    const file = join(lab.workspace, 'notebooks/Untitled.ipynb');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(await labJson('new-notebook.json'));
    await notebook.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
    await notebook.locator('.jp-Cell').first().click();
    const active = notebook.locator('.jp-CodeCell.jp-mod-active .cm-content');
    for (const { label, source } of (await labJson('snippets.json')) as Snippet[]) {
      const item = page.locator('.lm-CommandPalette-item', { hasText: label });
      // The palette closes when something else takes the focus, as a notebook does that is just there.
      const choose = async () => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+Shift+C');
        await page.locator('.lm-CommandPalette-input').fill(label, { timeout: 3000 });
        await item.first().click({ timeout: 3000 });
      };
      await expect.poll(() => choose().then(isThere, isNot)).toBe(true);
      await expect.poll(() => active.innerText()).toBe(source.join(''));
    }
    // SQL is laid out by the kernel, and what is no query is said to be none.
    const write = async (text: string) => {
      await active.click();
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(text);
      await page.keyboard.press('Alt+Shift+f');
    };
    await write('%%sql one\nSELECT   1 as one,\n2 as two');
    await expect.poll(() => active.innerText()).toBe('%%sql one\nselect 1 as one, 2 as two');
    await write('const two = 2;');
    await page.getByText('There is no query where the cursor is').first().waitFor();
  });

  test('a notebook from elsewhere shows its charts, and does nothing', async (context) => {
    const executablePath = requireBrowser(context);
    const { bundle } = await requireFrontEnd(context);
    const lab = await startTestLab({ frontEnd: await readFrontEnd(bundle) });
    const evil = '<img src=x onerror=window.evil=1>';
    await mkdir(join(lab.workspace, evil));
    await writeFile(join(lab.workspace, 'foreign.ipynb'), JSON.stringify(foreignNotebook(evil)));
    browser ??= await chromium.launch({ executablePath, args: browserArguments });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    onTestFinished(() => page.close());
    const complaints = complaintsOf(page, new URL(lab.url()).origin);
    await page.goto(lab.url('/lab/tree/foreign.ipynb'));
    const notebook = page.locator('.jp-NotebookPanel');
    await notebook.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();

    // The last output is the fallback of a chart: a picture, and the data below it.
    const figure = notebook.locator('figure', { hasText: 'Churn' });
    await figure.locator('summary').click();
    await figure.getByRole('cell', { name: '0.25' }).waitFor();
    const picture = figure.getByRole('img', { name: 'Two bars.' });
    await expect
      .poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0);

    const shown = notebook.locator('.jp-RenderedMarkdown, .jp-OutputArea-output');
    expect(await shown.filter({ hasText: 'harmless' }).count()).toBeGreaterThan(1);
    for (const part of [
      ...['form[action]', 'iframe', 'script', '[onerror]'],
      ...['a[href^="javascript"]', '#clobber', '[name="clobber"]', 'svg[onload]'],
    ]) {
      expect(await shown.locator(part).count(), part).toBe(0);
    }
    await page.locator('.jp-DirListing-item', { hasText: 'onerror' }).waitFor();

    // What looks like a button and closes the notebook asks first (CVE-2026-42557).
    await shown.locator('[data-commandlinker-command]').first().click();
    const question = page.locator('.jp-Dialog');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    await shown.first().waitFor();
    expect(await page.evaluate('window.evil')).toBeUndefined();
    expect(complaints.filter((complaint) => complaint.startsWith('to '))).toEqual([]);
  });
});

/** A cell with a mistake, the text that is marked, and what is said of it; as docs/analyst.md lists them. */
const mistakes: readonly (readonly [code: string, marked: string, message: string])[] = [
  [
    'await query(`\n  select month, churned_custmers\n  from gold.monthly_churn\n`);',
    'churned_custmers',
    'column "churned_custmers" does not exist: did you mean churned_customers?',
  ],
  [
    'await query(`select month from silver.monthly_churn`);',
    'silver.monthly_churn',
    'relation "silver.monthly_churn" does not exist: did you mean gold.monthly_churn?',
  ],
  [
    'await query(`select month from gold.monthly_churn where month > $1`, [5]);',
    '5',
    "Type 'number' is not assignable to type 'string | Date | null'.",
  ],
  [
    'for (const row of await query(`select churn_rate from gold.monthly_churn`)) row.churn_rate.toFixed();',
    'row.churn_rate',
    "'row.churn_rate' is possibly 'null'.",
  ],
];

/** A notebook that tries what notebooks have done to those who opened them. */
function foreignNotebook(evil: string): Notebook {
  const html =
    `harmless ${evil}<script>window.evil=1</script><svg onload="window.evil=1"></svg>` +
    '<button data-commandlinker-command="docmanager:close" id="clobber">b</button>' +
    '<form action="https://evil.example/" id="clobber"><input name="clobber"></form>' +
    '<a href="javascript:window.evil=1">a</a><iframe src="https://evil.example/"></iframe>';
  const chart = plotBundle({
    title: 'Churn',
    alt: 'Two bars.',
    data: [{ type: 'bar', x: ['a', 'b'], y: [0.25, 0.5] }],
  });
  const outputs = [
    { 'text/html': html },
    { 'text/markdown': html },
    { 'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg" onload="window.evil=1"/>' },
    { 'application/javascript': 'window.evil=1' },
    { 'image/png': '"><script>window.evil=1</script>' },
    { 'text/html': chart['text/html']! },
  ];
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'daybook', display_name: evil, language: 'typescript' },
      title: evil,
      trusted: true,
    },
    cells: [
      {
        id: 'a',
        cell_type: 'markdown',
        metadata: { tags: [evil], trusted: true },
        source: `${html}\n\n[a](javascript:window.evil=1)`,
      },
      {
        id: 'b',
        cell_type: 'code',
        metadata: { trusted: true },
        execution_count: 1,
        source: '',
        outputs: outputs.map((data) => ({ output_type: 'display_data', data, metadata: {} })),
      },
    ],
  };
}

interface Snippet {
  readonly label: string;
  readonly source: readonly string[];
}

/** A file of the extension, as `daybook notebooks new` reads it, too. */
const labJson = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(root, 'lab/src', name), 'utf8'));

const isThere = () => true;
const isNot = () => false;

const isCode = (cell: Notebook['cells'][number]): cell is CodeCell => cell.cell_type === 'code';

/** Everything that a page complains about: errors, failed answers, requests to other servers. */
function complaintsOf(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) complaints.push(`to ${url.href}`);
  });
  return complaints;
}
