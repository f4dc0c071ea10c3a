import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateInBackground } from '../../../src/commands/notify/deadlines.js';
import { completeProject } from '../../../src/config/project/project-settings.js';
import { silentLogger } from '../../../src/logger.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { until } from '../../until.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

test('whoever serves tells the webhook of a deadline that was missed, without any scheduler', async () => {
  const posted: object[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push(JSON.parse(body) as object);
      response.end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const completed = completeProject({
    deadlines: { daily: { data: 'orders', by: '24:00', timeZone: 'UTC' } },
  });
  if ('problems' in completed) throw new Error('wrong');
  const ending = new AbortController();
  const { port } = receiver.address() as AddressInfo;
  const config = {
    ...database.config,
    project: completed.settings,
    webhook: `http://127.0.0.1:${port}/hook`,
    exposure: { ...database.config.exposure, publicOrigin: 'https://reports.example.org' },
  };
  await database.owner.query(
    `insert into ops.deadline (deadline, declared_at, terms)
    values ('daily', now() - interval '9 days', 'orders by 24:00 each day in UTC, since 00:00')`,
  );
  const judging = evaluateInBackground(config, { logger: silentLogger, signal: ending.signal });
  await until(() => posted.length > 0);
  ending.abort();
  await judging;
  receiver.close();
  expect(posted).toEqual([
    {
      ...{ event: 'missed', work: 'deadline', deadline: 'daily', arrivedAt: null },
      dueAt: expect.stringMatching(/T00:00:00/),
      text: 'deadline daily was missed: orders by 24:00 each day in UTC\nhttps://reports.example.org/pipeline',
      link: 'https://reports.example.org/pipeline',
    },
  ]);
});
