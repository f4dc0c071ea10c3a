// @module-tag heavy
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { notebooksUnpublish } from '../../src/commands/notebooks/notebooks-unpublish.js';
import type { Logger } from '../../src/logger.js';
import { readPublishedPages } from '../../src/publication/published-pages.js';
import { runCommand } from '../commands/run-command.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { TestProject } from './project.js';

vi.setConfig({ testTimeout: 300_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const cells = (code = 'console.log(region, year)') => [
  { code: "const region: string = 'east';\nconst year: number = 2019;", tags: ['parameters'] },
  code,
];
const west = { region: { text: 'west' } };
const statuses = async (run: ReturnType<TestProject['run']>) =>
  Object.fromEntries(
    (await run).notebooks.map(({ path, status }) => [
      path.replace(/^.*\.ipynb/, '') || 'file',
      status,
    ]),
  );
const slugs = async () => (await readPublishedPages(database.owner)).map(({ slug }) => slug);

test('a page of other values is made when it is asked for, renewed by later runs, and taken off', async () => {
  using project = new TestProject(database);
  symlinkSync(join(root, 'sql'), join(project.root, 'sql'));
  project.notebook('notebooks/sales.ipynb', cells());
  expect(await statuses(project.run({ parameters: [{}, west] }))).toEqual({
    file: 'passed',
    '--west': 'passed',
  });
  // A trial leaves nothing behind.
  expect(await slugs()).toEqual(['sales']);
  const parameters = [west, { ...west, year: { text: '2020' } }];
  await project.run({ parameters, newPages: true });
  expect(await readPublishedPages(database.owner)).toMatchObject([
    { slug: 'sales', parameters: null },
    { slug: 'sales--west', parameters: { region: 'west' }, title: 'Sales (region west)' },
    { slug: 'sales--west-2020', parameters: { region: 'west', year: 2020 } },
  ]);

  // Whatever runs the notebook renews all of its pages, and only what changed.
  const all = (status: string) => ({ file: status, '--west': status, '--west-2020': status });
  expect(await statuses(project.run())).toEqual(all('unchanged'));
  project.notebook('notebooks/sales.ipynb', cells('console.log(year, region)'));
  expect(await statuses(project.run())).toEqual(all('passed'));
  // One that is there needs no word to be renewed, and asking for it runs it alone.
  expect(await statuses(project.run({ parameters: [west] }))).toEqual({ '--west': 'unchanged' });
  // Executed notebooks are written of what was asked for.
  const output = `${project.root}/out.ipynb`;
  expect(await statuses(project.run({ output }))).toEqual(all('unchanged'));

  // Values that do not fit the notebook any more are said, with what to do.
  project.notebook('notebooks/sales.ipynb', [
    { code: "const region: string = 'east';", tags: ['parameters'] },
    'console.log(region)',
  ]);
  const report = await project.run();
  expect(report.notebooks).toMatchObject([
    { status: 'passed' },
    { status: 'passed' },
    {
      status: 'failed',
      failure: {
        kind: 'parameters',
        evalue: expect.stringMatching(
          /no parameter year any more\n.*notebooks unpublish sales--west-2020/,
        ) as string,
      },
    },
  ]);

  const unpublish = (positionals: string[], param: string[] = []) =>
    runCommand(
      notebooksUnpublish,
      { ...database.config, root: project.root },
      { positionals, values: { param } },
    );
  await expect(unpublish(['sale--west'])).rejects.toMatchObject({
    code: 'NOTEBOOK_NOT_FOUND',
    hint: expect.stringContaining('Did you mean sales--west?') as string,
  });
  const { stdout } = await unpublish([]);
  expect(stdout).toMatch(/sales--west-2020 +notebooks\/sales.ipynb +region=west year=2020 +\d+/);
  await unpublish(['notebooks/sales.ipynb'], ['year=2020']);
  expect(await slugs()).toEqual(['sales', 'sales--west']);
  expect(await statuses(project.run())).toEqual({ file: 'unchanged', '--west': 'unchanged' });
  await unpublish(['sales--west']);
  const last = await unpublish(['notebooks/sales.ipynb']);
  expect(last.stderr).toContain('the next run of notebooks/sales.ipynb publishes it again');
  expect(await slugs()).toEqual([]);
});

test('values that would have one address are not taken for each other', async () => {
  using project = new TestProject(database);
  project.notebook('notebooks/alike.ipynb', cells());
  const parameters = [{ region: { text: 'a/b' } }, { region: { text: 'a b' } }];
  const report = await project.run({ parameters, newPages: true });
  expect(report.notebooks).toMatchObject([
    { status: 'passed' },
    {
      status: 'failed',
      failure: { evalue: expect.stringContaining('which is that of region a/b') as string },
    },
  ]);
  const later = await project.run({ parameters: parameters.slice(1) });
  expect(later.notebooks).toMatchObject([{ status: 'failed' }]);
});

test('two checkouts on one warehouse leave each other’s pages alone, and say so', async () => {
  using one = new TestProject(database);
  using other = new TestProject(database);
  const said: string[] = [];
  const note = (message: string) => said.push(message);
  const logger = { debug: () => 0, info: note, warn: note, error: note } as unknown as Logger;
  one.notebook('notebooks/here.ipynb', ['1']);
  other.notebook('notebooks/there.ipynb', ['1']);
  await database.owner.query('truncate publication.notebook cascade');
  await one.run();
  await other.run({ logger });
  expect(await slugs()).toEqual(['here', 'there']);
  expect(said.join('\n')).toContain(
    `notebooks/here.ipynb is not here, but in ${one.root}, which published the page here: it stays; \`daybook notebooks unpublish here\` takes it off`,
  );
  // In its own checkout it is gone with its file, and that is said, too.
  rmSync(`${one.root}/notebooks/here.ipynb`);
  one.notebook('notebooks/new.ipynb', ['1']);
  await one.run({ logger });
  expect(await slugs()).toEqual(['new', 'there']);
  expect(said).toContain('notebooks/here.ipynb is gone: the page here is taken off the dashboard');
});
