// @module-tag heavy
import { once } from 'node:events';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { dev } from '../../src/commands/workspace/dev.js';
import { pipelineRun } from '../../src/commands/pipeline/pipeline-run.js';
import { schedule } from '../../src/commands/workspace/schedule.js';
import { up } from '../../src/commands/workspace/up.js';
import type { Config } from '../../src/config/config.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { servePages } from '../server/serve-pages.js';
import { projectFolder } from '../pipeline/daybook-process.js';
import { customerLogsFile, customerLogsYaml } from '../pipeline/line-sources.js';
import { event } from '../pipeline/pipeline-workspace.js';
import { code, notebookOf, prose, publish } from '../server/published.js';
import { runCommand } from './run-command.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

interface Told {
  event: string;
  text: string;
  repeated?: boolean;
  failed: { task: string; code: string }[];
  recovered: string[];
  notices: { kind: string; source: string; message: string }[];
}

/** Who is told: its address, and what it was told so far. */
async function receiver(): Promise<{ url: string; told: Told[] }> {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      told.push(JSON.parse(body) as Told);
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, told };
}

const day = (n: number) => `2019-01-${String(n).padStart(2, '0')}T10:00:00-05:00`;
const lines = (n: number) => Array.from({ length: n }, (_, i) => event(i + 1, day(5))).join('');

/** A project that passed once, with a notebook that was published from it. */
async function project(): Promise<{ config: Config; told: Told[] }> {
  const { url, told } = await receiver();
  const root = projectFolder({
    'data/a.log': lines(100),
    'data/b.log': lines(50),
    'sql/gold/n.sql':
      '/* { description: n, columns: { n: { type: bigint } } } */\nselect count(*) as n from bronze.log_event',
  });
  const config = { ...database.config, root, dataDir: join(root, 'data'), webhook: url };
  expect((await runCommand(pipelineRun, config)).exitCode).toBe(0);
  const notebook = notebookOf([prose('# Churn'), code('1')]);
  await publish(database.owner, 'churn', notebook, { title: 'Churn', pipelineRunId: 1n });
  expect(told).toEqual([]);
  return { config, told };
}

/** What everybody who asks the server is told. */
async function served() {
  const server = await servePages(database.reader, { timeZone: 'UTC' });
  try {
    const get = async (path: string) => (await fetch(server.url + path)).text();
    return {
      home: await get('/'),
      notebook: await get('/notebooks/churn'),
      pipeline: await get('/pipeline'),
      run: await get('/pipeline/runs/2'),
      metrics: await get('/metrics'),
      status: JSON.parse(await get('/status.json')) as {
        pipeline: {
          status: string;
          problem?: { code: string; message: string };
          notices: { kind: string }[];
        };
        notebooks: { state: string }[];
      },
    };
  } finally {
    await server.close();
  }
}

/** A change that loses something, and what is said of it. */
type Case = readonly [
  name: string,
  change: (config: Config) => void,
  said: { code?: string; kind?: string; words: string },
];

const cases: readonly Case[] = [
  [
    'another folder',
    ({ dataDir }) => {
      rmSync(dataDir, { recursive: true });
      mkdirSync(dataDir);
      writeFileSync(join(dataDir, 'x.log'), 'hello\n');
    },
    { code: 'REMOVAL_EXCEEDED', words: '150 of 150 lines of log_event would go' },
  ],
  [
    'a wrong time format',
    ({ root }) => {
      const wrong = "from: date, format: '%d.%m.%Y %H:%M %z'";
      writeFileSync(join(root, customerLogsFile), customerLogsYaml.replace('from: date', wrong));
    },
    { code: 'REJECTS_EXCEEDED', words: '100 of 100 lines are rejected' },
  ],
  [
    'a file that was cut off',
    ({ dataDir }) => {
      writeFileSync(join(dataDir, 'a.log'), lines(65));
    },
    { code: 'REMOVAL_EXCEEDED', words: 'would lose 35 of 150 lines' },
  ],
  [
    'some rejected lines',
    ({ dataDir }) => {
      appendFileSync(join(dataDir, 'a.log'), `bad\n\n${event(1, '2999-01-01T00:00:00Z')}`);
    },
    { kind: 'rejects', words: '2 lines rejected in a.log' },
  ],
  [
    'some lines that go',
    ({ dataDir }) => {
      writeFileSync(join(dataDir, 'a.log'), lines(90));
    },
    { kind: 'removed', words: '10 of 150 lines went' },
  ],
  [
    'drift',
    ({ dataDir }) => {
      appendFileSync(join(dataDir, 'a.log'), event(1, day(6), 'TELEPORT'));
    },
    { kind: 'drift', words: '1 change of shape: log_type TELEPORT' },
  ],
  [
    'a source that stands still',
    ({ root }) => {
      const file = join(root, customerLogsFile);
      writeFileSync(file, `${customerLogsYaml}limits: { age: 36 hours }\n`);
    },
    { kind: 'stale', words: 'it may be 36 hours old' },
  ],
];

describe('what is lost is said by exit code, pages, machines and webhook', () => {
  test.each(cases)('%s', async (_, change, { code: failure, kind = '', words }) => {
    const { config, told } = await project();
    change(config);
    const { exitCode, stderr } = await runCommand(pipelineRun, config);
    const isFailed = failure !== undefined;
    expect(exitCode).toBe(isFailed ? 1 : 0);
    expect(stderr).toContain(
      kind === 'rejects' ? '3 rejected' : kind === 'drift' ? 'TELEPORT' : words,
    );

    const { home, notebook, pipeline, run, metrics, status } = await served();
    for (const page of [home, pipeline, run]) expect(page).toContain(words);
    expect(notebook.includes('Not refreshed')).toBe(isFailed);
    if (isFailed) expect(home).not.toContain('Up to date');
    if (isFailed) {
      expect(status.pipeline).toMatchObject({ status: 'failed', problem: { code: failure } });
      expect(status.pipeline.problem?.message).toContain(words);
      expect(status.notebooks).toMatchObject([{ state: 'held' }]);
      expect(metrics).toContain(`daybook_pipeline_failed{code="${failure}"} 1`);
      expect(told).toMatchObject([{ event: 'failed', repeated: false }]);
      expect(told[0]?.text).toContain(words);
    } else {
      expect(status.pipeline).toMatchObject({ status: 'passed', notices: [{ kind }] });
      expect(metrics).toContain('daybook_pipeline_failed 0');
      expect(metrics).toContain(`daybook_pipeline_notice{kind="${kind}",source="log_event"} 1`);
      expect(told).toMatchObject([
        { event: 'attention', failed: [], notices: [{ kind, source: 'log_event' }] },
      ]);
      expect(told[0]?.text).toContain(words);
    }
    // With nothing new nothing more is told, whatever lasts.
    await runCommand(pipelineRun, config);
    expect(told).toHaveLength(1);
  });
});

test('what lasts is told once, again when it changes, rarely as a reminder, and when it is over', async () => {
  const { config, told } = await project();
  const file = join(config.dataDir, 'a.log');
  const run = () => runCommand(pipelineRun, config);
  writeFileSync(file, 'bad\n');
  for (let i = 0; i < 3; i += 1) expect((await run()).exitCode).toBe(1);
  expect(told).toMatchObject([{ event: 'failed' }]);
  // Something else is wrong now.
  writeFileSync(join(config.root, 'sql/gold/bad.sql'), 'no header');
  for (let i = 0; i < 2; i += 1)
    await expect(run()).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  expect(told.map(({ failed }) => failed.map((each) => each.code))).toEqual([
    ['REMOVAL_EXCEEDED'],
    ['MODEL_INVALID'],
  ]);
  rmSync(join(config.root, 'sql/gold/bad.sql'));
  await database.owner.query("update ops.told set told_at = told_at - interval '25 hours'");
  await run();
  expect(told.slice(2)).toMatchObject([{ event: 'failed', repeated: true }]);
  writeFileSync(file, lines(100));
  for (let i = 0; i < 2; i += 1) expect((await run()).exitCode).toBe(0);
  expect(told.slice(3)).toMatchObject([{ event: 'recovered', recovered: ['pipeline'] }]);
});

test.each([
  ['up', up, { once: true }],
  ['schedule', schedule, { cron: '0 0 1 1 *', now: true }],
])('%s obeys the same limits', async (name, command, values) => {
  const { config, told } = await project();
  const x = join(config.root, 'x');
  mkdirSync(x);
  writeFileSync(join(x, 'a.log'), 'hello\n');
  const controller = new AbortController();
  const options = { values: { ...values, data: x }, signal: controller.signal };
  const ended = runCommand(command, config, options);
  await expect.poll(() => told.length, { timeout: 30_000 }).toBe(1);
  if (name === 'schedule') controller.abort();
  else expect((await ended).exitCode).toBe(1);
  await ended.catch(() => undefined);
  expect(told).toMatchObject([{ event: 'failed', failed: [{ code: 'REMOVAL_EXCEEDED' }] }]);
  const { rows } = await database.owner.query('select n::int from gold.n');
  expect(rows).toEqual([{ n: 150 }]);
  const page = (await served()).home;
  expect(page).toContain('Pipeline run 2 failed');
  expect(page).not.toContain('Up to date');
});

test('dev obeys them, too, until what is lost is allowed', async () => {
  const { config } = await project();
  const x = join(config.root, 'x');
  mkdirSync(x);
  writeFileSync(join(x, 'a.log'), lines(40));
  const newest = async (): Promise<string> => {
    const { rows } = await database.owner.query<{ run: string }>(
      `select run_id || ' ' || status as run from ops.pipeline_run order by run_id desc limit 1`,
    );
    return rows[0]?.run ?? '';
  };
  /** What it wrote until a run had ended. */
  const work = async (values: Record<string, unknown>, until: string): Promise<string> => {
    const ending = new AbortController();
    const options = { values: { port: '0', data: x, ...values }, signal: ending.signal };
    const ended = runCommand(dev, config, options);
    await expect.poll(newest, { timeout: 30_000 }).toBe(until);
    ending.abort();
    return (await ended).stderr;
  };
  const count = async () =>
    (await database.owner.query<{ n: number }>('select n::int from gold.n')).rows;
  expect(await work({}, '2 failed')).toContain('REMOVAL_EXCEEDED');
  expect(await count()).toEqual([{ n: 150 }]);
  await work({ 'allow-removal': true }, '3 passed');
  expect(await count()).toEqual([{ n: 40 }]);
  writeFileSync(join(x, 'a.log'), lines(40) + 'bad\n'.repeat(20));
  expect(await work({}, '4 failed')).toContain('REJECTS_EXCEEDED');
  await work({ 'max-rejects': '50%' }, '5 passed');
});
