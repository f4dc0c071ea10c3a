import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { notebooksDiff } from '../../src/commands/notebooks-diff.js';
import { notificationOf, notify } from '../../src/notebook/notify.js';
import type { NotebookResult, RunReport } from '../../src/notebook/run-report.js';
import { junitReport, writeReport } from '../../src/notebook/write-report.js';
import { runCommand } from '../commands/run-command.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
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
    duration: 1,
    notebooks: [result({ status: 'failed', failure })],
  };
  expect(junitReport(report)).toContain(
    'name="notebook" time="0.000"><failure type="NOTEBOOK_INVALID"',
  );
});

test('somebody is told of failures, and of what passes again, once', async () => {
  const of = (...notebooks: NotebookResult[]) =>
    notificationOf({ status: 'passed', duration: 1, notebooks });
  expect(of(result({}))).toBeUndefined();
  expect(of(result({ status: 'unchanged', reason: undefined }))).toBeUndefined();
  expect(of(result({ reason: 'its last run failed' }))).toMatchObject({
    event: 'recovered',
    recovered: ['notebooks/a.ipynb'],
  });
  const notification = of(failed, result({ reason: 'its last run failed' }));
  expect(notification).toMatchObject({ event: 'failed', recovered: ['notebooks/a.ipynb'] });
  expect(notification?.text).toContain('1 of 2 notebooks failed');

  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(request.url === '/no' ? 500 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (notification === undefined) throw new Error('nobody would be told');
    await notify(`${url}/hook`, notification);
    expect(JSON.parse(bodies[0] ?? '')).toEqual(notification);
    await expect(notify(`${url}/no`, notification)).rejects.toThrow('it answered 500');
  } finally {
    server.close();
  }
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
  expect(await run(before ?? '', after ?? '')).toEqual({ exitCode: 0, stdout: difference });
  expect(await run('out/figures.ipynb', after ?? '')).toMatchObject({ stdout: difference });
  expect(await run(before ?? '', before ?? '')).toEqual({ exitCode: 0, stdout: '' });
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
