// @module-tag heavy
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PipelineEvent } from '../../../src/pipeline/pipeline-event.js';
import { summaryLines } from '../../../src/commands/terminal/pipeline-lines.js';
import { listRuns } from '../../../src/history/runs/run-history.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { servePages } from '../../server/serve-pages.js';
import { daybook, projectFolder } from '../daybook-process.js';
import { event, pipelineWorkspace } from '../pipeline-workspace.js';
import type { PipelineReport } from '../../../src/history/reports/pipeline-report.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

test('new fields, other types and unknown values are reported once, and all of it is loaded', async () => {
  const { root, run } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00Z') + event(2, '2019-01-05T10:00:00Z', 'UPLOAD'),
  });
  const first = await run();
  expect(first.drift).toEqual([]);
  appendFileSync(
    join(root, 'data/a.log'),
    event(1, '2019-01-06T10:00:00Z') +
      '{"date":"2019-01-06T10:00:00Z","account":1,"log_type":"TELEPORT","level":"INFO","details":{"x":1}}\n' +
      '{"date":"2019-01-06T10:00:00Z","account":1,"log_type":"LOGIN","level":"INFO","details":null,"session":7}\n' +
      // Rejected for want of log_type; that it has another name now is what drift is for.
      '{"date":"2019-01-06T10:00:00Z","account":1,"logType":"LOGIN"}\n',
  );
  const second = await run({ maxRejects: { lines: 1 } });
  expect(second.lines).toEqual({ read: 4, loaded: 3, rejected: 1 });
  const found = { source: 'log_event', file: 'a.log' };
  expect(second.drift).toEqual([
    { ...found, kind: 'field', name: 'logType', detail: 'text' },
    { ...found, kind: 'field', name: 'session', detail: 'number' },
    { ...found, kind: 'type', name: 'details', detail: 'object' },
    { ...found, kind: 'value', name: 'log_type', detail: 'TELEPORT' },
  ]);
  expect(summaryLines(second)).toEqual(
    expect.arrayContaining([
      'drift   log_event: another type, details is object, first in a.log',
      'drift   log_event: a new field, logType is text, first in a.log',
      'drift   log_event: a new field, session is number, first in a.log',
      'drift   log_event: a new value, log_type = TELEPORT, first in a.log',
    ]),
  );
  const { rows } = await database.owner.query<object>(
    "select summary -> 'drift' as drift from ops.pipeline_run order by run_id",
  );
  expect(rows).toEqual([{ drift: [] }, { drift: second.drift }]);
  expect((await run({ fullRefresh: true, maxRejects: { lines: 1 } })).drift).toEqual([]);
});

test('the first new field of a source all of whose fields had columns is reported, once', async () => {
  const { root, write, run } = pipelineWorkspace(database, {
    'sql/sources/user.yaml':
      'files: ["*.csv"]\nformat: csv\ncolumns: { id: { type: bigint }, name: { type: text, may_be_absent: true } }\n',
    'data/1.csv': 'id,name\n1,a\n',
  });
  expect((await run()).drift).toEqual([]);
  write('data/2.csv', 'id,full_name\n2,b\n');
  const second = await run();
  expect(second.drift).toEqual([
    { source: 'user', file: '2.csv', kind: 'field', name: 'full_name', detail: 'text' },
  ]);
  appendFileSync(join(root, 'data/2.csv'), '3,c\n');
  expect((await run()).drift).toEqual([]);
});

test('values that a declaration lists are expected, others are reported from the first load on', async () => {
  const { run } = pipelineWorkspace(database, {
    'sql/sources/page.yaml':
      'files: ["*.csv"]\nformat: csv\ncolumns: { state: { type: text, values: [open, paid] } }\n',
    'data/a.csv': 'state,note\nopen,\npaid,\nlost,\n,\n',
  });
  expect((await run()).drift).toEqual([
    { source: 'page', kind: 'value', name: 'state', detail: 'lost', file: 'a.csv' },
  ]);
});

test('what a run saw that was killed or stopped is reported all the same', async () => {
  const { root, run } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00Z'),
  });
  await run();
  const add = (field: string) => {
    const line = { date: '2019-01-06T10:00:00Z', account: 1, log_type: 'LOGIN', [field]: 1 };
    appendFileSync(join(root, 'data/a.log'), `${JSON.stringify(line)}\n`);
  };
  const names = (report: PipelineReport) => report.drift.map(({ name }) => name);
  add('first');
  const { runId } = await run();
  // As kill -9 after the load leaves it.
  await database.owner.query(
    "update ops.pipeline_run set status = 'running', summary = null, finished_at = null where run_id = $1",
    [runId],
  );
  add('second');
  expect(names(await run())).toEqual(['first', 'second']);

  add('third');
  const controller = new AbortController();
  const onEvent = ({ type }: PipelineEvent) => {
    if (type === 'file_finished') controller.abort(new Error('stopped'));
  };
  await expect(run({ onEvent, signal: controller.signal })).rejects.toThrow('stopped');
  const [stopped] = await listRuns(database.owner, 1);
  expect(stopped?.summary?.drift.map(({ name }) => name)).toEqual(['third']);
  expect(names(await run())).toEqual([]);
});

test('is seen in the list of runs, in the run, on its page and by machines', async () => {
  const folder = projectFolder({ 'data/a.log': event(1, '2019-01-05T10:00:00Z') });
  const log = join(folder, 'data/a.log');
  expect((await daybook(database, folder, 'pipeline', 'run')).exitCode).toBe(0);
  appendFileSync(log, event(1, '2019-01-06T10:00:00Z', '<b>TELEPORT'));
  expect((await daybook(database, folder, 'pipeline', 'run')).exitCode).toBe(0);
  const out = async (...args: string[]) => (await daybook(database, folder, ...args)).stdout;
  const [header = '', ...runs] = (await out('pipeline', 'runs')).trimEnd().split('\n');
  const column = header.indexOf('drift');
  expect(runs.map((line) => line.slice(column, column + 5).trim())).toEqual(['1', '']);
  expect(await out('pipeline', 'show', '2')).toContain(
    'drift   log_event: a new value, log_type = <b>TELEPORT, first in a.log',
  );
  expect(await out('pipeline', 'show', '1')).not.toContain('drift ');

  const server = await servePages(database.reader, { timeZone: 'UTC' });
  try {
    const get = async (path: string) => (await fetch(server.url + path)).text();
    const page = await get('/pipeline/runs/2');
    expect(page).toContain('<h2>Drift</h2>');
    expect(page).toContain('&#x3C;b>TELEPORT');
    expect(page).toContain('<a href="/pipeline/runs/2#drift">1 change</a>');
    expect(await get('/pipeline')).toContain('<a href="/pipeline/runs/2#drift">1 change</a>');
    expect(await get('/pipeline/runs/1')).not.toContain('rift');
    expect(JSON.parse(await get('/status.json'))).toMatchObject({
      pipeline: { runId: '2', driftCount: 1 },
    });
    expect(await get('/metrics')).toContain('daybook_pipeline_drift 1');
  } finally {
    await server.close();
  }
});
