// @module-tag heavy
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runPipeline } from '../../../src/pipeline/run-pipeline.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { customerLogsFile, customerLogsYaml } from '../../pipeline/line-sources.js';
import { event, model } from '../../pipeline/pipeline-workspace.js';
import { notebookChecker } from '../../../src/notebook/type-check/check-notebooks.js';
import { notebookOf } from '../notebooks.js';
import { TestProject } from '../project.js';

vi.setConfig({ testTimeout: 300_000 });

const check = notebookChecker();

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const load = (project: TestProject) => {
  const config = { ...database.config, root: project.root, dataDir: join(project.root, 'data') };
  return runPipeline({ warehouse: database, config });
};
const cells = (column: string) => [
  'import { table, type WarehouseTables } from "daybook/pipeline";',
  `type Row = WarehouseTables["gold.pulled"];\nconst [row] = await table("gold.pulled");\nconst n: Row["${column}"] = row.${column};\nconsole.log(n.toFixed(1));`,
];
const onTslab = { kernelspec: { name: 'tslab', display_name: 'TypeScript' } };

test('a model and its notebook that come together run, on both kernels, without a build', async () => {
  using project = new TestProject(database);
  project.file(customerLogsFile, customerLogsYaml);
  project.file('data/a.log', event(1, '2019-01-05T10:00:00-05:00'));
  project.file('sql/gold/first.sql', model('n: { type: int }', 'select 1 as n'));
  expect(await load(project)).toMatchObject({ status: 'passed' });
  const types = join(project.root, 'daybook-env.d.ts');
  const before = readFileSync(types, 'utf8');

  // `git pull` brings the model, the notebooks and the types.
  project.file('sql/gold/pulled.sql', model('n: { type: int }', 'select 7 as n'));
  project.notebook('notebooks/a.ipynb', cells('n'));
  project.notebook('notebooks/deep/er/b.ipynb', cells('n'), onTslab);
  expect(await load(project)).toMatchObject({ status: 'passed' });
  const report = await project.run({ force: true });
  expect(report.notebooks.map(({ path, failure, problems }) => [path, failure, problems])).toEqual([
    ['notebooks/a.ipynb', undefined, []],
    ['notebooks/deep/er/b.ipynb', undefined, []],
  ]);

  // A switch to the branch of before and back: the file is that of a branch whose model is here again.
  writeFileSync(types, before);
  const stale = await project.run({ force: true });
  expect(stale.notebooks.map(({ failure }) => failure?.evalue)).toEqual([
    expect.stringContaining("Property 'gold.pulled' does not exist"),
    expect.stringContaining("Property 'gold.pulled' does not exist"),
  ]);
  expect(await load(project)).toMatchObject({ status: 'passed' });
  expect((await project.run({ force: true })).status).toBe('passed');

  // Another column: what passed the check before does not pass it any more.
  project.file('sql/gold/pulled.sql', model('m: { type: int }', 'select 7 as m'));
  await load(project);
  expect((await project.run()).notebooks.map(({ failure }) => failure?.evalue)).toEqual([
    expect.stringContaining("Property 'n' does not exist"),
    expect.stringContaining("Property 'n' does not exist"),
  ]);
  // The model is gone: so is its type.
  rmSync(join(project.root, 'sql/gold/pulled.sql'));
  await load(project);
  expect(readFileSync(types, 'utf8')).toBe(before);
});

test.each([
  ['our kernel', {}],
  ['tslab', onTslab],
])('a table that is not there is an error once tables are known: %s', (_, metadata) => {
  using project = new TestProject(database);
  const path = join(project.root, 'notebooks/a.ipynb');
  const code = 'import { table } from "daybook/pipeline";\nconst [row] = await table("gold.nope");';
  const problems = () => {
    const notebook = notebookOf([code, 'console.log(row["n"], row.n)'], metadata);
    return check({ path, notebook }).problems.map(
      ({ cell, line, message }) => `${cell}:${line} ${message}`,
    );
  };
  expect(problems()).toEqual([]);
  const types = (name: string) =>
    `export {};\ndeclare module 'daybook/pipeline' { interface WarehouseTables { '${name}': { n: number } } }`;
  project.file('daybook-env.d.ts', types('gold.yes'));
  expect(problems()).toEqual([
    expect.stringMatching(/^1:2 No overload matches this call.*'"gold\.yes"'/s),
  ]);
  project.file('daybook-env.d.ts', types('gold.nope'));
  expect(problems()).toEqual([]);
});
