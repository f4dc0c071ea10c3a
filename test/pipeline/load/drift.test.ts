import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { summaryLines } from '../../../src/pipeline/progress.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { event, pipelineWorkspace } from '../pipeline-workspace.js';

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
  const second = await run();
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
  expect((await run({ fullRefresh: true })).drift).toEqual([]);
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
