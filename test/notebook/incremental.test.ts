// @module-tag heavy
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { until } from '../until.js';
import { parseNotebook } from '../../src/nbformat/read-notebook.js';
import type { RunReport } from '../../src/notebook/report/run-report.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { markdown, outputsOf, streamText } from './notebooks.js';
import { TestProject } from './project.js';

vi.setConfig({ testTimeout: 300_000 });

let database: TestDatabase;
let project: TestProject;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

beforeEach(async () => {
  project = new TestProject(database);
  await database.owner.query(`
    create table gold.read (n int);
    insert into gold.read values (1), (2);
    create view gold.shown as select n from gold.read;
    create table gold.other (n int)`);
  return async () => {
    project[Symbol.dispose]();
    await database.owner.query(
      'truncate publication.notebook cascade; drop table gold.read, gold.other cascade',
    );
  };
});

interface StoredRun {
  document: string;
  confirmed_at: string | null;
  queries: unknown;
  inputs: { tables: object };
  cells: unknown;
}

async function stored(slug: string): Promise<StoredRun[]> {
  const { rows } = await database.owner.query<StoredRun>(
    'select * from publication.notebook_run where slug = $1 order by run_id',
    [slug],
  );
  return rows;
}

const reasons = (report: RunReport) => report.notebooks.map(({ reason }) => reason);

const query = (sql: string) =>
  `import { query } from "daybook/pipeline";\nconsole.log((await query(\`${sql}\`)).length);`;

describe('a notebook is run again only when something changed that it depends on', () => {
  test('code, imported files, the lock file', async () => {
    project.file('notebooks/deep.ts', 'export const deep: number = 1;\n');
    project.file('notebooks/helper.ts', "import { deep } from './deep';\nexport const n = deep;\n");
    project.file('package-lock.json', '{}');
    const cells = [markdown('# Old'), 'import { n } from "./helper";', 'console.log(n)'];
    project.notebook('notebooks/a.ipynb', cells);
    expect(await project.run()).toMatchObject({
      status: 'passed',
      notebooks: [{ status: 'passed', reason: 'it was never run' }],
    });
    const unchanged = await project.run();
    expect(unchanged).toMatchObject({
      status: 'passed',
      notebooks: [{ status: 'unchanged', reason: undefined, cells: [] }],
    });
    const [run, ...others] = await stored('a');
    expect(others).toEqual([]);
    expect(run?.confirmed_at).not.toBeNull();

    // Text and tags are shown anew, and nothing is run.
    project.notebook('notebooks/a.ipynb', [
      markdown('# New'),
      { code: 'import { n } from "./helper";', tags: ['hide-input'] },
      markdown('more', 'more'),
      'console.log(n)',
    ]);
    const output = join(project.root, 'out');
    expect((await project.run({ output })).notebooks[0]).toMatchObject({
      status: 'unchanged',
      output: join(output, 'a.ipynb'),
    });
    const shown = parseNotebook((await stored('a'))[0]?.document ?? '', 'a');
    expect(shown.cells.map(({ source }) => [source].flat().join(''))).toEqual([
      '# New',
      'import { n } from "./helper";',
      'more',
      'console.log(n)',
    ]);
    expect(shown.cells[1]?.metadata).toMatchObject({ tags: ['hide-input'] });
    expect(streamText(outputsOf(shown)[1] ?? [])).toBe('1\n');
    expect(shown.metadata['daybook']).toMatchObject({ run: { status: 'passed' } });
    expect(parseNotebook(readFileSync(join(output, 'a.ipynb'), 'utf8'), 'a')).toEqual(shown);
    const { rows } = await database.owner.query('select title from publication.notebook');
    expect(rows).toEqual([{ title: 'New' }]);

    project.file('notebooks/deep.ts', 'export const deep: number = 2;\n');
    expect(reasons(await project.run())).toEqual(['imported file notebooks/deep.ts changed']);
    project.file('package-lock.json', '{"a":1}');
    expect(reasons(await project.run())).toEqual(['package-lock.json changed']);
    project.notebook('notebooks/a.ipynb', ['import { n } from "./helper";', 'console.log(n + 1)']);
    expect(reasons(await project.run())).toEqual(['its code changed in cell 2 of those that run']);
    expect(reasons(await project.run({ env: { ...process.env, TZ: 'Asia/Tokyo' } }))).toEqual([
      `the time zone is Asia/Tokyo and was ${process.env['TZ'] ?? 'unset'}`,
    ]);
    expect(reasons(await project.run({ force: true }))).toEqual(['it was asked for']);
    expect(await stored('a')).toHaveLength(6);
  });

  test('the tables that it read, through views too, and no others', async () => {
    project.notebook('notebooks/shown.ipynb', [query('select * from gold.shown')]);
    project.notebook('notebooks/time.ipynb', [query('select now()')]);
    await project.run();
    const again = await project.run();
    expect(again.notebooks.map(({ status }) => status)).toEqual(['unchanged', 'passed']);
    expect(reasons(again)[1]).toBe('a query asks for now()');
    const paths = [join(project.root, 'notebooks/shown.ipynb')];
    await database.owner.query('insert into gold.other values (1)');
    expect(await project.run({ paths })).toMatchObject({ notebooks: [{ status: 'unchanged' }] });
    // The same rows written again are no change.
    await database.owner.query('delete from gold.read; insert into gold.read values (2), (1)');
    expect(await project.run({ paths })).toMatchObject({ notebooks: [{ status: 'unchanged' }] });
    await database.owner.query('update gold.read set n = 3 where n = 2');
    expect(reasons(await project.run({ paths }))).toEqual(['table gold.read changed']);
    const [, run] = await stored('shown');
    expect(run?.queries).toEqual([
      {
        sql: 'select * from gold.shown',
        tables: ['gold.shown'],
        rows: 2,
        milliseconds: expect.any(Number) as number,
        cell: 1,
      },
    ]);
    expect(Object.keys(run?.inputs.tables ?? {}).sort()).toEqual(['gold.read', 'gold.shown']);
    expect(run?.cells).toMatchObject([{ cell: 1, status: 'passed' }]);
    expect(streamText(outputsOf(parseNotebook(run?.document ?? '', 'shown'))[0] ?? [])).toBe('2\n');
  });

  test('a failed run is tried again; what is not published is always run', async () => {
    const failing = project.notebook('notebooks/a.ipynb', ['throw new Error("boom")']);
    const first = project.notebook('exploration/first.ipynb', ['1']);
    await project.run({ paths: [failing, first] });
    expect(reasons(await project.run({ paths: [failing, first] }))).toEqual([
      'its last run failed',
      'its runs are not published, so none is kept',
    ]);
  });
});

test('all notebooks of a run read one state of the warehouse, also after a query that fails', async () => {
  const [begun, changed] = ['begun', 'changed'].map((name) => join(project.root, name));
  project.notebook('notebooks/waits.ipynb', [
    `import { query } from "daybook/pipeline";
import { existsSync, writeFileSync } from "fs";
await query("select count(*) from gold.read");
writeFileSync("${begun}", "");
while (!existsSync("${changed}")) await new Promise((resolve) => setTimeout(resolve, 20));`,
    { code: 'await query("select no_such_column from gold.read")', tags: ['raises-exception'] },
    'const again = await Promise.all([1, 2].map(() => query("select n from gold.read")));\nconsole.log(again.map((rows) => rows.length).join());',
  ]);
  project.notebook('notebooks/zlate.ipynb', [query('select * from gold.read')]);
  const running = project.run({ jobs: 1 });
  await until(() => existsSync(begun ?? ''));
  await database.owner.query('insert into gold.read values (3)');
  writeFileSync(changed ?? '', '');
  expect((await running).notebooks.map(({ failure }) => failure)).toEqual([undefined, undefined]);
  const [waits] = await stored('waits');
  expect(streamText(outputsOf(parseNotebook(waits?.document ?? '', 'waits'))[2] ?? [])).toBe(
    '2,2\n',
  );
  const [late] = await stored('zlate');
  expect(streamText(outputsOf(parseNotebook(late?.document ?? '', 'zlate'))[0] ?? [])).toBe('2\n');
  // What they read is not what is there now.
  expect(reasons(await project.run())).toEqual([
    'table gold.read changed',
    'table gold.read changed',
  ]);
});
