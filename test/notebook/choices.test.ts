// @module-tag heavy
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createPublicationReader } from '../../src/publication/publication-reader.js';
import { chosenPage } from '../../src/publication/choices.js';
import { readPublishedPages } from '../../src/publication/published-pages.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { TestProject } from './project.js';

vi.setConfig({ testTimeout: 300_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner.query(`
    create table gold.region (name text, label text, place int);
    insert into gold.region values ('east', 'The east', 1), ('west', 'The west', 2)`);
});
afterAll(() => database.drop());

const declaration = `import { choicesFrom } from 'daybook/pipeline';
const region = choicesFrom('select name, label from gold.region order by place', 'east');
const detail: boolean = false;`;
const cells = (code = 'console.log(region, detail)') => [
  { code: declaration, tags: ['parameters'] },
  code,
];
const metadata = (choices: string[], more = {}) => ({ daybook: { choices, ...more } });
const slugs = async () => (await readPublishedPages(database.owner)).map(({ slug }) => slug);
const statuses = async (run: ReturnType<TestProject['run']>) =>
  (await run).notebooks.map(({ path, status }) => `${path.replace(/^.*\.ipynb/, '')} ${status}`);

test('a notebook with choices is run for each combination, and published as one', async () => {
  using project = new TestProject(database);
  const write = (...args: Parameters<typeof metadata>) =>
    project.notebook('notebooks/sales.ipynb', cells(), metadata(...args));
  write(['region', 'detail'], { visibility: { region: 'team-{value}' } });
  const all = (status: string) =>
    ['', '--true', '--west', '--west-true'].map((name) => `${name} ${status}`).sort();
  expect((await statuses(project.run())).sort()).toEqual(all('passed'));
  const publication = await createPublicationReader(database.reader).readPublication();
  expect(publication.notebooks.map(({ slug }) => slug)).toEqual(['sales']);
  expect(publication.notebooks[0]?.choices?.parameters).toMatchObject([
    { name: 'region', standing: 'east', options: [{ label: 'The east' }, { label: 'The west' }] },
    { name: 'detail', label: 'Detail' },
  ]);
  const page = chosenPage(publication, 'sales', { region: 'west', detail: 'true' })?.page;
  expect(page).toMatchObject({
    ...{ slug: 'sales--west-true', shown: { status: 'passed' }, visibility: ['team-west'] },
  });
  expect(publication.notebooks[0]?.visibility).toEqual(['team-east']);

  // Only what changed is run again, and a trial of other values publishes nothing.
  expect((await statuses(project.run())).sort()).toEqual(all('unchanged'));
  const trial = await project.run({ parameters: [{ region: { text: 'west' } }] });
  expect(trial.notebooks).toMatchObject([{ status: 'passed', runId: undefined }]);
  const both = [{ region: { text: 'east' } }, { region: { text: 'west' } }];
  expect(await statuses(project.run({ parameters: both }))).toEqual([
    ' unchanged',
    '--west passed',
  ]);
  const asked = await project.run({ parameters: [{ region: { text: 'west' } }], newPages: true });
  expect(asked.notebooks).toMatchObject([{ status: 'unchanged' }]);
  expect(await slugs()).toEqual(['sales', 'sales--true', 'sales--west', 'sales--west-true']);
  const still = await createPublicationReader(database.reader).readPublication();
  expect(still.notebooks[0]?.choices?.states).toHaveLength(3);

  // What can be chosen no more is taken off.
  await database.owner.query(`delete from gold.region where name = 'west'`);
  expect((await statuses(project.run())).sort()).toEqual([' unchanged', '--true unchanged']);
  expect(await slugs()).toEqual(['sales', 'sales--true']);

  // A declaration that is wrong fails, says which parameter, and takes nothing off.
  write(['detail', 'regio']);
  const wrong = await project.run();
  expect(wrong.notebooks).toMatchObject([
    {
      status: 'failed',
      failure: { kind: 'parameters', evalue: expect.stringContaining('regio: no cell') as string },
    },
  ]);
  expect(await slugs()).toEqual(['sales', 'sales--true']);
  write([]);
  await project.run();
  expect(await slugs()).toEqual(['sales']);
});
