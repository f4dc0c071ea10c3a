// @module-tag heavy
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { notebooksDiff } from '../../src/commands/notebooks/notebooks-diff.js';
import { notebooksRun } from '../../src/commands/notebooks/notebooks-run.js';
import { notificationOf } from '../../src/notebook/report/notification.js';
import type { NotebookResult, RunReport } from '../../src/notebook/report/run-report.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { junitReport, writeReport } from '../../src/notebook/report/write-report.js';
import {
  beginCollectionRun,
  findUnfinishedCollection,
  deleteOldNotebookRuns,
  recordCollectionNotebook,
} from '../../src/publication/collection-runs.js';
import { runCommand } from '../commands/run-command.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { notebookOf } from './notebooks.js';
import { TestProject } from './project.js';

vi.setConfig({ testTimeout: 300_000 });

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

function result(fields: Partial<NotebookResult>): NotebookResult {
  return {
    path: 'notebooks/a.ipynb',
    parameters: {},
    status: 'passed',
    reason: 'it was never run',
    failure: undefined,
    excerpt: [],
    problems: [],
    cells: [],
    warnings: [],
    startedAt: new Date(0),
    duration: 1500,
    runId: 1,
    output: undefined,
    ...fields,
  };
}

const failed = result({
  path: 'notebooks/<b>&.ipynb',
  status: 'failed',
  failure: { kind: 'error', cell: 2, ename: 'Error', evalue: '\u001b[31m"x" < \u0000\ud800\nnext' },
  cells: [
    { cell: 1, status: 'passed', duration: 20 },
    { cell: 2, status: 'failed', duration: 30 },
    { cell: 3, status: 'not-run', duration: 0 },
  ],
});

test('the JUnit report: a suite for each notebook, a case for each cell', () => {
  const report: RunReport = {
    status: 'failed',
    run: undefined,
    duration: 2000,
    notebooks: [failed, result({ path: 'c', status: 'unchanged', reason: undefined })],
  };
  const xml = junitReport(report);
  expect(xml).toContain(
    '<testsuites name="daybook notebooks" tests="4" failures="1" errors="0" skipped="2" time="2.000">',
  );
  expect(xml).toContain(
    '<testsuite name="notebooks/&lt;b&gt;&amp;.ipynb" tests="3" failures="1" errors="0" skipped="1" time="1.500" timestamp="1970-01-01T00:00:00.000Z">',
  );
  expect(xml).toContain(
    '<failure type="Error" message="Error: &quot;x&quot; &lt; \ufffd\ufffd&#10;next">',
  );
  expect(xml).toContain('name="cell 3" time="0.000"><skipped message="not-run"/></testcase>');
  expect(xml).toContain('name="notebook" time="0.000"><skipped message="unchanged"/></testcase>');
});

test('a notebook that could not be read is a failed case', () => {
  const failure = { kind: 'notebook', ename: 'NOTEBOOK_INVALID', evalue: 'no JSON' } as const;
  const report: RunReport = {
    status: 'failed',
    run: undefined,
    duration: 1,
    notebooks: [result({ status: 'failed', failure })],
  };
  expect(junitReport(report)).toContain(
    'name="notebook" time="0.000"><failure type="NOTEBOOK_INVALID"',
  );
});

test('somebody is told of failures, and of what passes again, once', () => {
  const of = (...notebooks: NotebookResult[]) =>
    notificationOf({ status: 'passed', run: undefined, duration: 1, notebooks });
  expect(of(result({}))).toBeUndefined();
  expect(of(result({ status: 'unchanged', reason: undefined }))).toBeUndefined();
  expect(of(result({ reason: 'its last run failed' }))).toMatchObject({
    event: 'recovered',
    recovered: ['notebooks/a.ipynb'],
  });
  const notification = of(failed, result({ reason: 'its last run failed' }));
  expect(notification).toMatchObject({ event: 'failed', recovered: ['notebooks/a.ipynb'] });
  expect(notification?.text).toContain('1 of 2 notebooks failed');
  expect(notification).toMatchObject({ work: 'notebooks' });
});

test('two runs are compared by value, by their numbers or as files', async () => {
  using project = new TestProject(database);
  const file = project.notebook('notebooks/figures.ipynb', ['console.log("total", 1)']);
  const first = await project.run({ output: join(project.root, 'out') });
  project.notebook('notebooks/figures.ipynb', ['console.log("total", 2)']);
  const second = await project.run();
  const run = (before: string, after: string) =>
    runCommand(
      notebooksDiff,
      { ...database.config, root: project.root },
      { positionals: [before, after] },
    );
  const [before, after] = [first, second].map(({ notebooks }) => String(notebooks[0]?.runId));
  const difference = 'cell 1: stdout 1: total 1 → total 2\n';
  expect(await run(before ?? '', after ?? '')).toMatchObject({ exitCode: 0, stdout: difference });
  expect(await run('out/figures.ipynb', after ?? '')).toMatchObject({ stdout: difference });
  expect(await run(before ?? '', before ?? '')).toMatchObject({ exitCode: 0, stdout: '' });
  await expect(run('999999', after ?? '')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
  expect(existsSync(file)).toBe(true);
});

test('retries by tag; only those that failed; reports of real runs', async () => {
  using project = new TestProject(database);
  const tried = join(project.root, 'tried');
  project.notebook('notebooks/flaky.ipynb', [
    {
      code: `import { appendFileSync, readFileSync } from "fs";
appendFileSync("${tried}", "x");
if (readFileSync("${tried}", "utf8").length < 3) throw new Error("not yet");`,
      tags: ['retry-2'],
    },
    'console.log("passed")',
  ]);
  project.notebook('notebooks/wrong.ipynb', ['throw new Error("never")']);
  const report = await project.run();
  expect(report.notebooks.map(({ status }) => status)).toEqual(['passed', 'failed']);
  expect(readFileSync(tried, 'utf8')).toBe('xxx');

  const again = await project.run({ onlyFailed: true });
  expect(again.notebooks.map(({ path }) => path)).toEqual(['notebooks/wrong.ipynb']);

  for (const name of ['report.xml', 'report.json'])
    await writeReport(join(project.root, name), report);
  expect(readFileSync(join(project.root, 'report.xml'), 'utf8')).toMatch(/<failure type="Error"/);
  expect(JSON.parse(readFileSync(join(project.root, 'report.json'), 'utf8'))).toMatchObject({
    status: 'failed',
    notebooks: [{ status: 'passed' }, { failure: { evalue: 'never' } }],
  });
});

describe('a run can be resumed by its number', () => {
  const resume = (project: TestProject, run: string) => {
    return runCommand(
      notebooksRun,
      { ...database.config, root: project.root },
      { values: { resume: run, json: true }, env: process.env },
    );
  };

  beforeEach(() => database.owner.query('truncate publication.collection_run cascade'));

  test('what failed or was not run is run again, with the values of then', async () => {
    using project = new TestProject(database);
    const flag = join(project.root, 'mended');
    project.notebook('notebooks/resumed-a.ipynb', ['1']);
    project.notebook('notebooks/resumed-b.ipynb', [
      { code: 'const region: string = "east"', tags: ['parameters'] },
      `import { existsSync } from "fs";
if (!existsSync("${flag}") && region === "west") throw new Error("not yet");
console.log(region);`,
    ]);
    const parameters = [{}, { region: { text: 'west' } }];
    const first = await project.run({ parameters, newPages: true });
    expect(first.notebooks.map(({ path, status }) => [path, status])).toEqual([
      ['notebooks/resumed-a.ipynb', 'passed'],
      ['notebooks/resumed-b.ipynb', 'passed'],
      ['notebooks/resumed-b.ipynb--west', 'failed'],
    ]);
    writeFileSync(flag, '');
    const again = await resume(project, String(first.run));
    expect(again.exitCode).toBe(0);
    const report = JSON.parse(again.stdout) as RunReport;
    expect(report.notebooks).toMatchObject([
      { path: 'notebooks/resumed-b.ipynb--west', status: 'passed', parameters: { region: 'west' } },
    ]);
    expect(report.run).toBeGreaterThan(first.run ?? 0);
    // The number on the page means the same run, as long as it has left something undone.
    const failed = first.notebooks[2]?.runId;
    expect(failed).toBeGreaterThan(first.run ?? 0);
    await expect(resume(project, String(first.notebooks[1]?.runId))).rejects.toMatchObject({
      code: 'USAGE',
    });
    expect(JSON.parse((await resume(project, String(failed))).stdout)).toMatchObject({
      notebooks: [{ path: 'notebooks/resumed-b.ipynb--west', status: 'unchanged' }],
    });
    await expect(resume(project, 'last')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(resume(project, '999999')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
    await expect(resume(project, 'first')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('a run whose process was killed is one, too', async () => {
    using project = new TestProject(database);
    const request = { paths: [], parameters: [{}], newPages: false };
    project.notebook('notebooks/killed-a.ipynb', ['1']);
    project.notebook('notebooks/killed-b.ipynb', ['2']);
    const names = ['notebooks/killed-a.ipynb', 'notebooks/killed-b.ipynb'];
    const run = await beginCollectionRun(database.owner, request, names);
    const done = { status: 'passed', runId: undefined };
    await recordCollectionNotebook(database.owner, run, names[0] ?? '', done);
    const { stdout } = await resume(project, 'last');
    expect((JSON.parse(stdout) as RunReport).notebooks).toMatchObject([
      { path: names[1], status: 'passed' },
    ]);
  });

  test('the last is the newest that left something undone which was not done since', async () => {
    using project = new TestProject(database);
    for (const name of ['one', 'two', 'three']) project.notebook(`notebooks/${name}.ipynb`, ['1']);
    const path = (name: string) => `notebooks/${name}.ipynb`;
    const request = { paths: [], parameters: [{}], newPages: false };
    const begin = async (statuses: Record<string, string>) => {
      const run = await beginCollectionRun(
        database.owner,
        request,
        Object.keys(statuses).map(path),
      );
      for (const [name, status] of Object.entries(statuses)) {
        if (status === 'waiting') continue;
        await recordCollectionNotebook(database.owner, run, path(name), {
          status,
          runId: undefined,
        });
      }
    };
    await begin({ one: 'failed', two: 'failed' });
    await begin({ one: 'passed', three: 'waiting' });
    await begin({ three: 'unchanged' });
    const found = await findUnfinishedCollection(database.owner, 'last');
    expect([...found.notebooks]).toEqual([path('two')]);
    await begin({ two: 'passed' });
    await expect(findUnfinishedCollection(database.owner, 'last')).rejects.toMatchObject({
      code: 'USAGE',
      message: 'No run of notebooks left anything undone',
    });
  });
});

test('old runs are deleted by count and age, but what the page shows and speaks of', async () => {
  await database.owner.query(`
    insert into publication.notebook (slug, path, title) values ('kept', 'k', 'K'), ('other', 'o', 'O');
    insert into publication.notebook_run
      (slug, status, document, kernel, started_at, finished_at)
    select slug, status, document, '{}', now() - make_interval(days => age), now()
    from (values
      ('kept', 'passed', 'old', 500), ('kept', 'passed', 'shown', 400), ('kept', 'failed', 'a', 3),
      ('kept', 'failed', 'b', 2), ('kept', 'failed', 'c', 1), ('other', 'passed', 'd', 900)
    ) as run (slug, status, document, age)`);
  const left = async () => {
    const { rows } = await database.owner.query<{ document: string }>(
      `select document from publication.notebook_run where slug in ('kept', 'other') order by run_id`,
    );
    return rows.map(({ document }) => document);
  };
  expect(await deleteOldNotebookRuns(database.owner, { runs: 10, days: 365 })).toBe(1);
  expect(await left()).toEqual(['shown', 'a', 'b', 'c', 'd']);
  expect(await deleteOldNotebookRuns(database.owner, { runs: 2, days: 365 })).toBe(1);
  expect(await left()).toEqual(['shown', 'b', 'c', 'd']);
  // What is pinned stays, until its day is over.
  await database.owner.query(
    `update publication.notebook_run set pinned_until = case document when 'b' then 'infinity' else now() end
    where document in ('b', 'c')`,
  );
  await deleteOldNotebookRuns(database.owner, { runs: 2, days: 365 });
  expect(await left()).toEqual(['shown', 'b', 'c', 'd']);
  await database.owner.query(
    `insert into publication.notebook_run (slug, status, document, kernel, started_at, finished_at)
    values ('kept', 'failed', 'e', '{}', now(), now())`,
  );
  await deleteOldNotebookRuns(database.owner, { runs: 1, days: 365 });
  expect(await left()).toEqual(['shown', 'b', 'd', 'e']);
});

describe('the order of notebooks', () => {
  test('one that comes after another waits for it, and is not run when that one fails', async () => {
    using project = new TestProject(database);
    const trace = join(project.root, 'trace');
    const append = (text: string) =>
      `import { appendFileSync } from "fs";\nappendFileSync("${trace}", "${text}");`;
    project.notebook('notebooks/early.ipynb', [append('early ')], { daybook: { after: ['late'] } });
    project.notebook('notebooks/late.ipynb', [append('late '), 'await 1'], {
      daybook: { after: 'none' },
    });
    const report = await project.run({ jobs: 2 });
    expect(report.status).toBe('passed');
    expect(readFileSync(trace, 'utf8')).toBe('late early ');

    project.notebook('notebooks/late.ipynb', ['throw new Error("no")'], {});
    const failing = await project.run({ jobs: 2, force: true });
    expect(failing.notebooks).toMatchObject([
      {
        path: 'notebooks/early.ipynb',
        status: 'failed',
        failure: {
          kind: 'dependency',
          evalue: 'it comes after notebooks/late.ipynb, which did not pass',
        },
      },
      { path: 'notebooks/late.ipynb', status: 'failed' },
    ]);
    expect(readFileSync(trace, 'utf8')).toBe('late early ');

    project.notebook('notebooks/late.ipynb', ['1'], { daybook: { after: ['early'] } });
    const { notebooks } = await project.run();
    expect(notebooks[0]?.failure).toMatchObject({
      kind: 'dependency',
      evalue: expect.stringContaining(
        'notebooks/early.ipynb after notebooks/late.ipynb after notebooks/early.ipynb',
      ) as string,
    });
    expect(notebooks[1]).toMatchObject({ status: 'failed', failure: { kind: 'dependency' } });
  });
});

test.runIf(existsSync('/proc'))('a kernel that takes too much memory is ended', async () => {
  using project = new TestProject(database);
  project.notebook('notebooks/large.ipynb', ['await new Promise(() => {})', '2']);
  const report = await project.run({
    publish: false,
    memory: { together: 1e9, each: 50e6 },
    cellTimeout: 120_000,
  });
  expect(report.notebooks).toMatchObject([
    {
      status: 'failed',
      failure: { kind: 'memory-limit', cell: 1, evalue: expect.stringMatching(/may take 50 MB$/) },
      cells: [{ status: 'failed' }, { status: 'not-run' }],
    },
  ]);
});

test('two runs of different notebooks are named before they are compared', async () => {
  using project = new TestProject(database);
  project.file(
    'notebooks/b.ipynb',
    formatNotebook({
      ...notebookOf(['console.log(2)']),
      cells: [
        { cell_type: 'markdown', id: 'title', metadata: {}, source: '# Plans' },
        ...notebookOf(['console.log(2)']).cells,
      ],
    }),
  );
  project.notebook('notebooks/a.ipynb', ['console.log(1)']);
  const output = join(project.root, 'out');
  const { notebooks } = await project.run({ output });
  const run = (path: string) =>
    String(notebooks.find((each) => each.path === `notebooks/${path}`)?.runId);
  const [a, b] = [run('a.ipynb'), run('b.ipynb')];
  cpSync(join(output, 'a.ipynb'), join(output, 'a-of-yesterday.ipynb'));
  const first = async (...positionals: string[]) => {
    const config = { ...database.config, root: project.root };
    const { stderr } = await runCommand(notebooksDiff, config, { positionals });
    return stderr.split('\n')[0];
  };
  expect(await first(a, b)).toBe(
    `These are two different notebooks: run ${a} is notebooks/a.ipynb, and run ${b} is notebooks/b.ipynb, “Plans”.`,
  );
  expect(await first('out/a.ipynb', b)).toBe(
    `These are two different notebooks: out/a.ipynb, and run ${b} is notebooks/b.ipynb, “Plans”.`,
  );
  expect(await first('out/a-of-yesterday.ipynb', a)).toBe('0 differences');
  expect(await first(a, a)).toBe('0 differences');
});
