import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { pipelineRun } from '../../src/commands/pipeline/pipeline-run.js';
import { parseConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/logger.js';
import type { RunEvent } from '../../src/notebook/report/run-report.js';
import { Lineage } from '../../src/open-lineage/lineage.js';
import type { LineageEvent } from '../../src/open-lineage/lineage-event.js';
import { fileTransport, LineageSender } from '../../src/open-lineage/lineage-sender.js';
import { withLineage } from '../../src/open-lineage/with-lineage.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { runCommand } from '../commands/run-command.js';
import { projectFolder } from '../pipeline/daybook-process.js';
import { event, model } from '../pipeline/pipeline-workspace.js';
import { project } from '../project.js';
import { temporaryFolder } from '../temporary-folder.js';
import { expectLineage, linesOf, told } from './event-schema.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const files = {
  'data/a.log': event(1, '2019-01-05T10:00:00Z') + event(2, '2019-01-06T10:00:00Z'),
  'sql/silver/account.sql': model(
    'account: { type: bigint, description: Whose, tests: [not_null, unique] }',
    'select distinct account from bronze.log_event',
  ),
  'sql/gold/total.sql': model('n: { type: bigint }', 'select count(*) as n from silver.account'),
};

/** The configuration of a project on the test's database, with lineage as the environment says. */
function configOf(root: string, env: Readonly<Record<string, string>>) {
  return parseConfig(
    {
      DATABASE_URL: database.ownerUrl,
      DAYBOOK_READER_URL: database.readerUrl,
      DAYBOOK_HOME: join(root, '.daybook'),
      ...env,
    },
    root,
    project,
  );
}

test('a run tells what each model was made of, in the words of the specification', async () => {
  const folder = projectFolder(files);
  const file = join(folder, 'lineage.ndjson');
  const env = {
    OPENLINEAGE_URL: `file://${file}`,
    OPENLINEAGE_NAMESPACE: 'sales',
    OPENLINEAGE_PARENT_ID: 'airflow/dag.task/019b0000-0000-7000-8000-000000000001',
  };
  const { exitCode } = await runCommand(pipelineRun, configOf(folder, env));
  expect(exitCode).toBe(0);
  const events = linesOf(file);
  expectLineage(events);
  expect(told(events)).toEqual([
    'START pipeline',
    'START pipeline.silver.account',
    'START pipeline.silver.account.tests',
    'COMPLETE pipeline.silver.account.tests',
    'COMPLETE pipeline.silver.account',
    'START pipeline.gold.total',
    'COMPLETE pipeline.gold.total',
    'COMPLETE pipeline',
  ]);
  const { hostname, port, pathname } = new URL(database.ownerUrl);
  const table = (relation: string) => ({
    namespace: `postgres://${hostname}:${port}`,
    name: `${pathname.slice(1)}.${relation}`,
  });
  const ended = (name: string) =>
    events.find(({ eventType, job }) => eventType !== 'START' && job.name === name);
  expect(ended('pipeline.silver.account')).toMatchObject({
    job: {
      namespace: 'sales',
      facets: { sql: { query: 'select distinct account from bronze.log_event' } },
    },
    run: {
      facets: { parent: { run: { runId: events[0]?.run.runId }, job: { name: 'pipeline' } } },
    },
    inputs: [table('bronze.log_event')],
    outputs: [
      {
        ...table('silver.account'),
        facets: {
          schema: { fields: [{ name: 'account', type: 'bigint', description: 'Whose' }] },
          columnLineage: {
            fields: {
              account: { inputFields: [{ ...table('bronze.log_event'), field: 'account' }] },
            },
          },
        },
        outputFacets: { outputStatistics: { rowCount: 2 } },
      },
    ],
  });
  expect(ended('pipeline.silver.account.tests')?.inputs).toMatchObject([
    {
      ...table('silver.account'),
      inputFacets: {
        dataQualityAssertions: {
          assertions: [
            { assertion: 'not_null', success: true, column: 'account' },
            { assertion: 'unique', success: true, column: 'account' },
          ],
        },
      },
    },
  ]);
  expect(events[0]?.run.facets['parent']).toMatchObject({
    run: { runId: '019b0000-0000-7000-8000-000000000001' },
    job: { namespace: 'airflow', name: 'dag.task' },
  });
  // A run that builds nothing tells of no model.
  await runCommand(pipelineRun, configOf(folder, env));
  expect(told(linesOf(file).slice(events.length))).toEqual(['START pipeline', 'COMPLETE pipeline']);
});

test('what failed is told with its reason and its tests, and without secrets', async () => {
  const folder = projectFolder({
    ...files,
    'sql/silver/account.sql': model(
      'account: { type: bigint, tests: [unique] }',
      'select 1::bigint as account from bronze.log_event',
    ),
    // The message of Postgres holds what the text held.
    'sql/gold/total.sql': model('n: { type: bigint }', `select 'a-secret-key'::bigint as n`),
  });
  const file = join(folder, 'lineage.ndjson');
  const config = configOf(folder, {
    OPENLINEAGE_URL: `file://${file}`,
    OPENLINEAGE_API_KEY: 'a-secret-key',
  });
  expect((await runCommand(pipelineRun, config)).exitCode).toBe(1);
  const events = linesOf(file);
  expectLineage(events);
  expect(told(events)).toEqual(
    expect.arrayContaining([
      ...['COMPLETE pipeline.silver.account.tests', 'FAIL pipeline.silver.account'],
      ...['FAIL pipeline.gold.total', 'FAIL pipeline'],
    ]),
  );
  const assertions = events.flatMap(({ inputs }) =>
    inputs.flatMap(
      ({ inputFacets }) => inputFacets?.['dataQualityAssertions']?.['assertions'] ?? [],
    ),
  );
  expect(assertions).toMatchObject([{ assertion: 'unique', success: false }]);
  const all = readFileSync(file, 'utf8');
  expect(all).toContain('TEST_FAILED');
  expect(all).not.toContain('a-secret-key');
  expect(all).not.toContain(new URL(database.ownerUrl).password);
});

describe('a receiver', () => {
  /** A server that keeps what it was sent. */
  async function receiver(answer: RequestListener) {
    const bodies: string[] = [];
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(body);
        requests.push(request);
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { bodies, requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  /** Tells of a run of notebooks, and of nothing else. */
  async function tell(url: string, env: Readonly<Record<string, string>> = {}) {
    const warnings: string[] = [];
    const logger = createLogger({
      write: (line) => warnings.push(line),
      format: 'text',
      level: 'warn',
    });
    const config = configOf(temporaryFolder(), { OPENLINEAGE_URL: url, ...env });
    const lineage = new Lineage({ config, logger, limits: { flushMs: 300, pausesMs: [1, 1] } });
    const { signal } = new AbortController();
    await withLineage(lineage.notebooks(), signal, (onEvent) => {
      onEvent({ type: 'run-start', paths: [] });
      return Promise.resolve({ status: 'passed', run: 1, notebooks: [], duration: 1 });
    });
    await lineage.close();
    return warnings;
  }

  test('gets each event at the address and with the key that clients of OpenLineage use', async () => {
    const { bodies, requests, url } = await receiver((_, response) =>
      response.writeHead(201).end(),
    );
    expect(await tell(url, { OPENLINEAGE_API_KEY: 'key' })).toEqual([]);
    const events = bodies.map((body) => JSON.parse(body) as LineageEvent);
    expectLineage(events);
    expect(told(events)).toEqual(['START notebooks', 'COMPLETE notebooks']);
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/api/v1/lineage' });
    expect(requests[0]?.headers).toMatchObject({ authorization: 'Bearer key' });
  });

  test('that fails for a moment is tried again', async () => {
    let count = 0;
    const { bodies, url } = await receiver((_, response) =>
      response.writeHead((count += 1) === 1 ? 500 : 200).end(),
    );
    expect(await tell(`${url}/`)).toEqual([]);
    expect(bodies).toHaveLength(3);
  });

  test('that fails, refuses, never answers or is not there costs a warning', async () => {
    const failing = await receiver((_, response) => response.writeHead(500).end());
    expect(await tell(failing.url)).toEqual([expect.stringContaining('2 of 2 lineage events')]);
    expect(failing.bodies).toHaveLength(6);
    const refusing = await receiver((_, response) => response.writeHead(400).end());
    expect(await tell(refusing.url)).toEqual([expect.stringContaining('answered 400')]);
    expect(refusing.bodies).toHaveLength(2);
    const silent = await receiver(() => undefined);
    expect(await tell(silent.url)).toEqual([expect.stringContaining('2 of 2 lineage events')]);
    expect(await tell('http://127.0.0.1:9')).toEqual([expect.stringContaining('2 of 2')]);
    expect(await tell(silent.url, { OPENLINEAGE_DISABLED: 'true' })).toEqual([]);
  });

  test('that never answers does not change how a run ends', async () => {
    const { url } = await receiver(() => undefined);
    const config = configOf(projectFolder(files), { OPENLINEAGE_URL: url });
    expect((await runCommand(pipelineRun, config)).exitCode).toBe(0);
  }, 60_000);
});

test('events beyond those that may wait are left out, and counted', async () => {
  const lines: string[] = [];
  const warnings: string[] = [];
  const logger = createLogger({
    write: (line) => warnings.push(line),
    format: 'text',
    level: 'warn',
  });
  const transport = {
    send: (line: string) => Promise.resolve(void lines.push(line)),
    close: () => Promise.resolve(),
  };
  const sender = new LineageSender(transport, logger, { waiting: 2 });
  for (let number = 0; number < 10; number += 1) sender.send({ number });
  await sender.close();
  // The first is on its way already.
  expect(lines).toEqual(['{"number":0}', '{"number":1}', '{"number":2}']);
  expect(warnings).toEqual([expect.stringContaining('7 of 10 lineage events were not delivered')]);
});

test('a pipe that nobody reads and a folder that is not there hold nothing up', async () => {
  const folder = temporaryFolder();
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const path of [join(folder, 'pipe'), join(folder, 'none', 'file')]) {
    const transport = fileTransport(path);
    const stop = new AbortController().signal;
    await expect(transport.send('{}', stop)).rejects.toThrow('cannot be written');
    await transport.close();
  }
});

test('notebooks tell what they read, and how they ended', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'lineage.ndjson');
  const config = configOf(folder, { OPENLINEAGE_URL: `file://${file}` });
  const lineage = new Lineage({ config, logger: createLogger({ write: () => undefined }) });
  const result = (path: string, more: object): RunEvent => ({
    type: 'notebook-end',
    result: {
      ...{ path, parameters: {}, reason: undefined, startedAt: new Date(), duration: 1 },
      ...{ runId: 1, output: undefined, status: 'passed', failure: undefined, excerpt: [] },
      ...{ problems: [], cells: [], warnings: [], ...more },
    },
  });
  const start = (path: string): RunEvent => ({
    ...{ type: 'notebook-start', path, cellCount: 1, expected: undefined },
  });
  const failure = { kind: 'cell', ename: 'Error', evalue: 'no' } as const;
  const listener = lineage.notebooks();
  for (const one of [
    { type: 'run-start', paths: [] } as const,
    start('notebooks/a.ipynb'),
    result('notebooks/a.ipynb', { reads: ['gold.total'] }),
    start('notebooks/b.ipynb--QC'),
    result('notebooks/b.ipynb--QC', { status: 'failed', failure }),
    start('notebooks/c.ipynb'),
    result('notebooks/c.ipynb', { status: 'stopped' }),
    result('notebooks/unchanged.ipynb', { status: 'unchanged' }),
  ]) {
    listener.onEvent(one);
  }
  const stopped = new Error('stopped');
  await expect(
    withLineage(listener, AbortSignal.abort(), () => Promise.reject(stopped)),
  ).rejects.toBe(stopped);
  await lineage.close();
  const events = linesOf(file);
  expectLineage(events);
  expect(told(events)).toEqual([
    'START notebooks',
    'START notebooks.notebooks/a.ipynb',
    'COMPLETE notebooks.notebooks/a.ipynb',
    'START notebooks.notebooks/b.ipynb--QC',
    'FAIL notebooks.notebooks/b.ipynb--QC',
    'START notebooks.notebooks/c.ipynb',
    'ABORT notebooks.notebooks/c.ipynb',
    'ABORT notebooks',
  ]);
  expect(events[2]).toMatchObject({
    inputs: [{ name: expect.stringMatching(/\.gold\.total$/) as string }],
    outputs: [{ namespace: 'daybook', name: 'notebooks/a' }],
  });
});
