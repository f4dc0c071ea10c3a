// @module-tag heavy
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replayRejects } from '../../src/pipeline/rejects/replay-rejects.js';
import { limitsBySource } from '../../src/pipeline/load/limits/source-limits.js';
import { readSources } from '../../src/pipeline/project/read-sources.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { event, model, pipelineWorkspace } from './pipeline-workspace.js';
import { warehouseContent } from './warehouse-content.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** The declaration of the template, and two models of which one grows. */
const declaration = 'sql/sources/web_access.yaml';
const models = join(root, 'test/input/access-logs');
const example: Record<string, string> = {
  [declaration]: readFileSync(
    join(root, 'create-daybook/templates/access-logs', declaration),
    'utf8',
  ),
  ...Object.fromEntries(
    readdirSync(models, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.\w+$/.test(name))
      .map((name) => [name, readFileSync(join(models, name), 'utf8')]),
  ),
};

const request = (second: number, more: { status?: number; path?: string; day?: number } = {}) =>
  `192.0.2.${second % 7} - - [${String(more.day ?? 14).padStart(2, '0')}/Mar/2026:10:00:${String(second).padStart(2, '0')} -0400] "GET ${more.path ?? '/'} HTTP/1.1" ${more.status ?? 200} ${second * 10} "-" "Mozilla/5.0 (\\"x\\")"\n`;
const lines = (count: number, day = 14) =>
  Array.from({ length: count }, (_, i) => request(i, { day })).join('');

test('lines as servers write them: names with blanks, escaped quotes, IPv6, requests that are none', async () => {
  const at = '[10/Oct/2025:13:55:36 -0700]';
  const { run } = pipelineWorkspace(database, {
    ...example,
    'data/customers.log': event(1, '2019-01-05T10:00:00-05:00'),
    'data/access.log': `${lines(20)}${[
      `127.0.0.1 - john doe ${at} "GET /a HTTP/1.0" 200 2326 "-" "Mozilla"`,
      `127.0.0.1 - a [b] c ${at} "GET /a HTTP/1.0" 401 -`,
      `127.0.0.1 - "" ${at} "GET /a HTTP/1.0" 401 -`,
      `2001:db8::1 - - ${at} "GET / HTTP/1.1" 304 - "http://x/\\"y\\"" "curl \\"7\\""`,
      `10.0.0.1 - - ${at} "\\x16\\x03\\x01" 400 226 "-" "-"`,
      `10.0.0.1 - - ${at} "" 400 0 "-" "-"`,
      `10.0.0.1 - - ${at} "-" 408 - "-" "-"`,
      // Another format: what would be its host is none.
      `example.com:443 10.0.0.1 - - ${at} "GET / HTTP/1.1" 200 5 "-" "x"`,
      `example.com:443 10.0.0.1 - bob ${at} "GET / HTTP/1.1" 200 5 "-" "x"`,
    ].join('\n')}`,
  });
  expect((await run()).rejects).toEqual({ no_match: 2 });
  expect(
    await database.rows(
      `select host, payload ->> 'user' as "user", status, payload ->> 'agent' as agent
      from bronze.web_access where line_number > 20 order by line_number`,
    ),
  ).toMatchObject([
    { host: '127.0.0.1', user: 'john doe', status: 200, agent: 'Mozilla' },
    { user: 'a [b] c', status: 401 },
    { user: '""', status: 401 },
    { host: '2001:db8::1', user: null, agent: 'curl \\"7\\"' },
    { status: 400 },
    { status: 400 },
    { status: 408 },
  ]);
});

test('the example: garbage, a file that grows, rotation with gzip, and a replay', async () => {
  const {
    root: folder,
    run,
    write,
  } = pipelineWorkspace(
    database,
    {
      ...example,
      'sql/silver/event.sql': model(
        'n: { type: bigint }',
        'select count(*) as n from bronze.log_event',
      ),
      'data/customers.log': event(1, '2019-01-05T10:00:00-05:00'),
      'data/web/access.log': `${lines(5)}\u0000\ngarbage\n${request(9, { status: 503, path: '/a?b=1' })}192.0.2.1 - - [31/Feb/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 -\n`,
      // Common Log Format, packed; its name does not say so.
      'data/web/access.log.1': gzipSync(
        '198.51.100.1 - bob [13/Mar/2026:23:59:59 -0400] "HEAD /x HTTP/1.0" 304 -\n',
      ),
    },
    { maxRejects: { percent: 50 } },
  );
  const first = await run();
  expect(first).toMatchObject({
    status: 'passed',
    lines: { read: 11, loaded: 8, rejected: 3 },
    rejects: { invalid_time: 1, no_match: 1, unsupported_text: 1 },
  });
  expect(
    await database.rows(
      'select day, requests, hosts, errors, bytes from gold.web_traffic_daily order by day',
    ),
  ).toEqual([
    { day: '2026-03-13', requests: 1n, hosts: 1n, errors: 0n, bytes: '0' },
    { day: '2026-03-14', requests: 6n, hosts: 5n, errors: 1n, bytes: '190' },
  ]);
  expect(
    await database.rows(
      "select method, path, status from silver.web_request where path <> '/' order by status",
    ),
  ).toEqual([
    { method: 'HEAD', path: '/x', status: 304 },
    { method: 'GET', path: '/a', status: 503 },
  ]);
  expect(
    await database.rows(
      "select payload from bronze.web_access where source_file = 'web/access.log.1'",
    ),
  ).toEqual([
    {
      payload: {
        ident: null,
        user: 'bob',
        request: 'HEAD /x HTTP/1.0',
        referer: null,
        agent: null,
      },
    },
  ]);

  // It grows: only its new lines are read, and only its models are built.
  appendFileSync(join(folder, 'data/web/access.log'), lines(2, 15));
  const grown = await run();
  expect(grown.files).toMatchObject([
    {
      file: 'web/access.log',
      source: 'web_access',
      lines: 2,
      reason: expect.stringMatching(/grown/),
    },
  ]);
  const reasons = Object.fromEntries(grown.models.map(({ model: id, reason }) => [id, reason]));
  expect(reasons).toMatchObject({
    'silver.event': 'nothing that it is made of changed',
    'gold.web_traffic_daily': 'bronze.web_access changed',
  });
  appendFileSync(join(folder, 'data/customers.log'), event(2, '2019-01-06T10:00:00-05:00'));
  const other = await run();
  expect(Object.fromEntries(other.models.map(({ model: id, isBuilt }) => [id, isBuilt]))).toEqual({
    'silver.event': true,
    'silver.web_request': false,
    'gold.web_traffic_daily': false,
  });

  // Rotation: other names and packed, the same requests.
  const before = await database.rows(
    'select day, requests, errors, bytes from gold.web_traffic_daily order by day',
  );
  renameSync(join(folder, 'data/web/access.log.1'), join(folder, 'data/web/access.log.2.gz'));
  write('data/web/access.log.1.gz', gzipSync(readFileSync(join(folder, 'data/web/access.log'))));
  rmSync(join(folder, 'data/web/access.log'));
  expect((await run()).status).toBe('passed');
  expect(
    await database.rows(
      'select day, requests, errors, bytes from gold.web_traffic_daily order by day',
    ),
  ).toEqual(before);

  // A rule is loosened: the quarantine is tried again, and nothing of it is loaded twice.
  write(
    declaration,
    (example[declaration] ?? '').replace("pattern: '", "pattern: '(?<all>garbage)|"),
  );
  write(
    declaration,
    readFileSync(join(folder, declaration), 'utf8')
      .replaceAll('required: true', 'required: false')
      .replace(/distribute_by.*\n/, ''),
  );
  await database.owner.query(
    'alter table bronze.web_access alter column requested_at drop not null, alter column host drop not null, alter column status drop not null',
  );
  const signal = new AbortController().signal;
  const sources = await readSources(folder);
  const limitsOf = limitsBySource(sources, database.config.limits, {});
  const replay = await replayRejects(database.owner, sources, { limitsOf, signal });
  expect(replay).toEqual({ loaded: 1, rejected: 2, stale: 0 });
  expect(
    await database.rows(
      "select payload ->> 'all' as all from bronze.web_access where host is null",
    ),
  ).toEqual([{ all: 'garbage' }]);
  const again = await run();
  expect(again.files.map(({ file, reason }) => [file, reason]).sort()).toEqual([
    ['web/access.log.1.gz', 'its source is declared otherwise now'],
    ['web/access.log.2.gz', 'its source is declared otherwise now'],
  ]);
  const content = await warehouseContent(database.owner, [], ['log_event', 'web_access']);
  expect(content).toMatchObject({ isBalanced: true, isLoaded: true, isKept: true });
  await run({ fullRefresh: true });
  expect(await warehouseContent(database.owner, [], ['log_event', 'web_access'])).toEqual(content);
});

test('a source without files is there, empty and silent', async () => {
  const { run } = pipelineWorkspace(database, {
    ...example,
    'data/customers.log': event(1, '2019-01-05T10:00:00-05:00'),
  });
  expect(await run()).toMatchObject({ status: 'passed', rejects: {} });
  expect(await database.rows('select from gold.web_traffic_daily')).toEqual([]);
});

test('files of a source that is declared no more are taken out', async () => {
  const { root: folder, run } = pipelineWorkspace(
    database,
    {
      ...example,
      'data/customers.log': event(1, '2019-01-05T10:00:00-05:00'),
      'data/access.log': lines(3),
    },
    { maxRejects: { percent: 100 }, allowRemoval: true },
  );
  await run();
  for (const file of Object.keys(example)) rmSync(join(folder, file));
  // access.log is named like a customer log, too.
  const report = await run();
  expect(report.files).toMatchObject([
    { file: 'access.log', source: 'log_event', loaded: 0, rejected: 3 },
  ]);
  // Nothing of them is left for the catalogue to show.
  expect(await database.rows("select to_regclass('bronze.web_access') as found")).toEqual([
    { found: null },
  ]);
});
