// @module-tag heavy
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Element } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { visit } from 'unist-util-visit';
import { afterAll, beforeAll, expect, onTestFinished, test, type TestContext } from 'vitest';
import { startKernel } from '../../src/jupyter/kernel.js';
import type { Kernelspec } from '../../src/jupyter/kernelspec.js';
import { expectNoIncidents, openPage } from '../server/browser.js';
import { asRoot, ordinaryUser } from '../warehouse/home.js';
import { somebodyWithPackages, type Somebody } from './installed.js';

/** Three projects are installed from npm, and JupyterLab once. */
const patience = 1_200_000;

let somebody: Somebody | undefined;
beforeAll(async () => {
  if (process.env['CI']) somebody = await somebodyWithPackages();
}, patience);
afterAll(async () => {
  await somebody?.leave();
}, patience);

/** The model and the notebook that are changed in a project of each template. */
const templates = [
  { template: 'customers', model: 'gold.signup_plan', notebook: 'plans', title: 'Plans' },
  { template: 'access-logs', model: 'gold.page_views', notebook: 'pages', title: 'Pages' },
  { template: 'empty', model: 'gold.daily_sales', notebook: 'sales', title: 'Sales' },
];

test.for(templates)(
  '$template: made, started, read, changed, proven, exported',
  { timeout: patience },
  async ({ template, model, notebook, title }, context) => {
    const { run, start, folder } = requireSomebody(context);
    const name = `mein ${template}`;
    const project = join(folder, name);
    const done = async (...command: readonly string[]) => {
      const ended = await run(project, ...command);
      expect(ended, ended.stdout + ended.stderr).toMatchObject({ code: 0 });
      return ended;
    };
    const create = ['npm', 'create', '--yes', 'daybook@latest', name, '--'];
    const made = await run(folder, ...create, '--template', template);
    expect(made, made.stdout + made.stderr).toMatchObject({ code: 0 });
    expect(made.stdout).toContain(`cd "${name}"`);
    onTestFinished(async () => {
      await run(project, 'npx', 'daybook', 'db', 'stop');
    });

    const types = readFileSync(join(project, 'daybook-env.d.ts'), 'utf8');
    const { match, stop } = await start(
      project,
      /served on (http:\S+)/,
      ...['npm', 'start', '--', '--port', '0'],
    );
    const { origin } = new URL(match[1] ?? '');
    expect(await readAllPages(context, origin)).toBeGreaterThan(10);
    // A first run finds the types of tables and queries as they come with the template.
    expect(readFileSync(join(project, 'daybook-env.d.ts'), 'utf8')).toBe(types);

    const edit = (file: string, from: string | RegExp, to: string) => {
      const text = readFileSync(join(project, file), 'utf8');
      expect(text).toMatch(from);
      writeFileSync(join(project, file), text.replace(from, to));
    };
    // The same rows in other words: it is built, and nothing that reads it is.
    edit(`sql/${model.replace('.', '/')}.sql`, /\s*$/, '\nlimit 1000000\n');
    edit(`notebooks/${notebook}.ipynb`, `"# ${title}`, `"# ${title} that somebody changed`);
    const { stderr } = await done('npx', 'daybook', 'up', '--once');
    expect(stderr).toMatch(new RegExp(`(?:built|same) +${model.replace('.', '\\.')} `));
    await expect
      .poll(async () => (await fetch(`${origin}/notebooks/${notebook}`)).text())
      .toContain(`${title} that somebody changed`);
    await stop();

    const proof = await done('npm', 'test');
    expect(proof.stdout.match(/^passed/gm)).toHaveLength(5);
    await done('npx', 'daybook', 'export', 'die Seiten');
    const page = readFileSync(join(project, 'die Seiten/notebooks', `${notebook}.html`), 'utf8');
    expect(page).toContain(`${title} that somebody changed`);
  },
);

test(
  'the kernel is installed for another Jupyter, and the lab runs a notebook',
  { timeout: patience },
  async (context) => {
    const { run, start, folder, env } = requireSomebody(context);
    const project = join(folder, 'mein empty');
    const installed = await run(project, 'npx', 'daybook', 'kernel', 'install', '--prefix', 'venv');
    expect(installed, installed.stderr).toMatchObject({ code: 0 });
    const kernelFolder = join(project, 'venv/share/jupyter/kernels/daybook');
    const spec = JSON.parse(readFileSync(join(kernelFolder, 'kernel.json'), 'utf8')) as Pick<
      Kernelspec,
      'argv'
    >;
    const kernel = await startKernel(
      {
        ...{ name: 'daybook', displayName: '', language: 'typescript', env: {} },
        ...{ argv: spec.argv, interruptMode: 'message', resourceDir: kernelFolder },
      },
      {
        cwd: project,
        env,
        user: asRoot ? { ...ordinaryUser(), name: 'daemon', home: folder } : undefined,
      },
    );
    await kernel.shutdown();
    expect(kernel.info).toMatchObject({ implementation: 'daybook' });

    const { match, stop } = await start(
      project,
      /JupyterLab is at (\S+)/,
      ...['npx', 'daybook', 'lab', 'notebooks/sales.ipynb', '--no-browser', '--port', '0'],
    );
    const address = match[1] ?? '';
    const page = await openPage(context, new URL(address).origin);
    await page.goto(address);
    const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
    await panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
    await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Run All Cells', exact: true }).click();
    await page.locator('.daybook-chart svg.main-svg').first().waitFor({ timeout: 120_000 });
    await stop();
    await run(project, 'npx', 'daybook', 'db', 'stop');
  },
);

/** Leaves the running test out where it is not asked for: it installs everything from the network. */
function requireSomebody(context: TestContext): Somebody {
  return somebody ?? context.skip('installs packages from the network; CI=true runs it');
}

/** Whether pages are opened in the browser as well; scripts/node-versions.js only asks for them. */
const hasBrowser = process.env['DAYBOOK_TEST_BROWSER'] !== 'none';

/**
 * Asks for every page that links lead to, opens it in the browser, and looks that nothing goes wrong on any.
 *
 * @returns How many there are.
 */
async function readAllPages(context: TestContext, origin: string): Promise<number> {
  const page = hasBrowser ? await openPage(context, origin) : undefined;
  const found = new Set(['/']);
  let pages = 0;
  // A Set goes through what is added on the way, too.
  for (const path of found) {
    const answer = await fetch(origin + path);
    expect([path, answer.status]).toEqual([path, 200]);
    const text = await answer.text();
    if (answer.headers.get('content-type')?.startsWith('text/html') !== true) continue;
    pages += 1;
    await page?.goto(origin + path);
    visit(fromHtml(text), 'element', ({ tagName, properties: { href } }: Element) => {
      if (tagName !== 'a' || typeof href !== 'string') return;
      const { origin: other, pathname, search } = new URL(href, origin + path);
      if (other === origin) found.add(pathname + search);
    });
  }
  if (page !== undefined) expectNoIncidents(page);
  return pages;
}
