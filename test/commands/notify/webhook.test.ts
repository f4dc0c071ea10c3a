// @module-tag heavy
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { pipelineRun } from '../../../src/commands/pipeline/pipeline-run.js';
import { up } from '../../../src/commands/workspace/up.js';
import { Webhook } from '../../../src/commands/notify/webhook.js';
import type { Config } from '../../../src/config/config.js';
import { silentLogger } from '../../../src/logger.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { projectFolder } from '../../pipeline/daybook-process.js';
import { runCommand } from '../run-command.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** Who is told: its address, and what it was told so far. */
async function receiver(): Promise<{ url: string; told: unknown[] }> {
  const told: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      told.push(JSON.parse(body));
      if (request.url !== '/silent') response.writeHead(request.url === '/no' ? 500 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told };
}

const line = '{"date":"2019-01-05T10:00:00-05:00","log_type":"LOGIN","account":1}\n';
const header = '/* { description: n, columns: { n: { type: bigint } } } */\n';
const good = `${header}select count(*) as n from bronze.log_event`;

/** A project with one log and one model, whose webhook is at the address. */
function project(model: string, webhook: string): Config {
  const root = projectFolder({ 'data/a.log': line, 'sql/gold/n.sql': model });
  const exposure = { ...database.config.exposure, publicOrigin: 'https://reports.example' };
  return {
    ...database.config,
    root,
    dataDir: join(root, 'data'),
    basePath: '/daybook',
    exposure,
    webhook,
  };
}

describe('of the pipeline', () => {
  test('runs that fail are told with task, code and page, then the first that passes', async () => {
    const { url, told } = await receiver();
    const password = new URL(database.ownerUrl).password;
    // A message of Postgres's may hold anything.
    const bad = `${header}select count(*) + '${password}'::bigint as n from bronze.log_event`;
    const config = project(bad, `${url}/hook`);
    expect(await runCommand(pipelineRun, config)).toMatchObject({ exitCode: 1 });
    const error = 'invalid input syntax for type bigint: "•••"';
    expect(told).toEqual([
      {
        event: 'failed',
        work: 'pipeline',
        text: expect.stringMatching(
          /^pipeline run 1 failed\ngold\.n: .*n\.sql:.* \[MODEL_FAILED\]\nhttps:.*\/1$/,
        ) as string,
        run: 1,
        link: 'https://reports.example/daybook/pipeline/runs/1',
        failed: [
          { task: 'gold.n', code: 'MODEL_FAILED', error: expect.stringContaining(error) as string },
        ],
        recovered: [],
        notices: [],
        repeated: false,
      },
    ]);
    expect(JSON.stringify(told)).not.toContain(password);

    writeFileSync(join(config.root, 'sql/gold/n.sql'), good);
    expect(await runCommand(pipelineRun, config)).toMatchObject({ exitCode: 0 });
    expect(await runCommand(pipelineRun, config)).toMatchObject({ exitCode: 0 });
    expect(told.slice(1)).toMatchObject([
      { event: 'recovered', run: 2, failed: [], recovered: ['pipeline'] },
    ]);
  });

  test('what stops a run as a whole, or before it begins, is told; wrong use is not', async () => {
    const { url, told } = await receiver();
    const config = project('no header', url);
    await expect(runCommand(pipelineRun, config)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    const away = { ...config, databaseUrl: 'postgres://me:geheim@127.0.0.1:1/x' };
    await expect(runCommand(pipelineRun, away)).rejects.toMatchObject({
      code: 'WAREHOUSE_UNAVAILABLE',
    });
    expect(told).toMatchObject([
      { event: 'failed', run: 1, failed: [{ task: 'pipeline', code: 'MODEL_INVALID' }] },
      { event: 'failed', failed: [{ task: 'pipeline', code: 'WAREHOUSE_UNAVAILABLE' }] },
    ]);
    expect(told[1]).not.toHaveProperty('run');

    const values = { select: ['nothing'] };
    const right = project(good, url);
    await expect(runCommand(pipelineRun, right, { values })).rejects.toMatchObject({
      code: 'USAGE',
    });
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(runCommand(pipelineRun, right, { signal })).rejects.toThrow('stopped');
    expect(told).toHaveLength(2);
  });

  test('up tells, too', async () => {
    const { url, told } = await receiver();
    const config = project(`${header}select count(*) / 0 as n from bronze.log_event`, url);
    const values = { once: true, data: config.dataDir };
    expect(await runCommand(up, config, { values })).toMatchObject({ exitCode: 1 });
    expect(told).toMatchObject([
      { event: 'failed', work: 'pipeline', failed: [{ task: 'gold.n' }] },
    ]);
  });

  test('one that is no address is refused before the run, without repeating it', async () => {
    const values = { webhook: 'ftp://secret.example' };
    const run = runCommand(pipelineRun, project(good, 'http://127.0.0.1:1'), { values });
    await expect(run).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.not.stringContaining('secret') as string,
    });
  });
});

test('a receiver that refuses, is silent or is not there costs a warning', async () => {
  const { url, told } = await receiver();
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) };
  const tell = (address: string, patienceMs?: number) =>
    new Webhook(address, database.config, logger).post({ event: 'failed' }, patienceMs);
  await tell(`${url}/hook`);
  expect([told, warnings]).toEqual([[{ event: 'failed' }], []]);
  await tell(`${url}/no`);
  await tell(`${url}/silent`, 300);
  await tell('http://127.0.0.1:1/hook');
  expect(warnings).toEqual([
    'the webhook could not be told: it answered 500',
    expect.stringContaining('timeout') as string,
    expect.stringContaining('fetch failed') as string,
  ]);
});
