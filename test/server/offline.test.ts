import { DatabaseError } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSchemas } from '../../src/config/project/project-settings.js';
import { createLogger } from '../../src/logger.js';
import type { DashboardNotebook, RunSummary } from '../../src/publication/publication.js';
import type { PublicationReader } from '../../src/publication/publication-reader.js';
import { createApp } from '../../src/server/app.js';
import { loadAssets, type Assets } from '../../src/server/parts/assets.js';
import { listen, type Listening } from '../../src/http/listen.js';
import type { CatalogueReader } from '../../src/server/reading/readers/catalogue-reader.js';
import type { PipelineReader } from '../../src/history/runs/pipeline-reader.js';
import { reachable, UnreachableError } from '../../src/server/reading/stale-cache.js';
import { PublicationCache } from '../../src/server/reading/publication-cache.js';
import { silentLogger } from '../../src/logger.js';
import { churnNotebook } from './published.js';

const run: RunSummary = {
  runId: '1',
  status: 'passed',
  error: undefined,
  codeVersion: undefined,
  pipelineRunId: undefined,
  dataThrough: undefined,
  timeZone: undefined,
  startedAt: '2026-11-22T12:00:00Z',
  finishedAt: '2026-11-22T12:00:04Z',
};
const notebook = (slug: string): DashboardNotebook => ({
  slug,
  title: slug,
  summary: '',
  group: '',
  shown: run,
  latest: run,
  newerPipelineRunId: undefined,
});

/** A warehouse that can be switched off. */
class FakeReader implements PublicationReader {
  isUnreachable = false;
  readCount = 0;

  async readPublication() {
    this.readCount += 1;
    await this.#answer();
    return { notebooks: [notebook('seen'), notebook('unseen')], pipeline: undefined };
  }
  async readRuns() {
    await this.#answer();
    return [run];
  }
  async readRun() {
    await this.#answer();
    return { run, document: [Buffer.from(churnNotebook)], queries: [] };
  }
  async readQueries() {
    await this.#answer();
    return new Map<string, never>();
  }
  async readPicture() {
    await this.#answer();
    return undefined;
  }
  async ping() {
    await this.#answer();
  }
  #answer(): Promise<void> {
    return this.isUnreachable
      ? Promise.reject(new Error('connect ECONNREFUSED'))
      : Promise.resolve();
  }
}

/** What a pipeline that never ran would answer. */
function fakePipeline(warehouse: FakeReader): PipelineReader {
  const answer = async <Value>(value: Value) => {
    await warehouse.ping();
    return value;
  };
  return {
    readRuns: () => answer([]),
    readRun: () => answer(undefined),
    readSteps: () => answer({ count: 0, names: [], steps: [], failed: 0, blocked: 0, built: 0 }),
    readTasks: () => answer([]),
    readTask: () => answer([]),
    readDrift: () => answer([]),
    readRejects: () => answer([]),
    readGraph: () => answer({}),
  };
}

function fakeCatalogue(warehouse: FakeReader): CatalogueReader {
  const answer = async <Value>(value: Value) => {
    await warehouse.ping();
    return value;
  };
  return {
    schemas: defaultSchemas,
    readRelations: () => answer([]),
    readFiles: () => answer({ count: 0, files: [] }),
    readSample: () => answer({ columns: [], rows: [] }),
    readSql: () => answer(new Map<string, string>()),
  };
}

let assets: Assets | undefined;
let reader: FakeReader;
let now: Date;
let log: string[];
let server: Listening;

beforeEach(async () => {
  assets ??= await loadAssets();
  reader = new FakeReader();
  now = new Date('2026-11-22T13:00:00Z');
  log = [];
  const logger = createLogger({ write: (line) => void log.push(line) });
  const app = createApp({
    reader,
    pipeline: fakePipeline(reader),
    catalogue: fakeCatalogue(reader),
    assets,
    timeZone: 'America/Toronto',
    logger,
    now: () => now,
  });
  server = await listen(app, '127.0.0.1', 0);
});

afterEach(async () => {
  await server.close();
});

async function get(path: string) {
  const response = await fetch(server.url + path);
  return { status: response.status, text: await response.text() };
}

function later(seconds: number): void {
  now = new Date(now.getTime() + seconds * 1000);
}

test('while the warehouse is away, pages that were opened are served and say so; it is told once', async () => {
  expect((await get('/notebooks/seen')).text).not.toContain('cannot be reached');
  reader.isUnreachable = true;
  later(2);
  const seen = await get('/notebooks/seen');
  expect(seen.status).toBe(200);
  expect(seen.text).toContain('The warehouse cannot be reached');
  expect(seen.text).toContain('22 Nov 2026, 08:00 EST');
  expect(seen.text).toContain('Customer churn');
  expect(seen.text).toContain('Pages that were opened before are kept.');
  later(2);
  const unseen = await get('/notebooks/unseen');
  expect(unseen.status).toBe(503);
  expect(unseen.text).toContain('This page cannot be shown right now');
  expect(unseen.text).not.toContain('This page is kept');
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/status.json')).text).toContain('"warehouse": "unreachable"');
  expect(log.filter((line) => line.includes('does not answer'))).toHaveLength(1);

  reader.isUnreachable = false;
  later(2);
  expect((await get('/notebooks/unseen')).status).toBe(200);
  expect((await get('/notebooks/seen')).text).not.toContain('cannot be reached');
  expect(log.filter((line) => line.includes('answers again'))).toHaveLength(1);
});

test('a server that never reached the warehouse answers with a calm page', async () => {
  reader.isUnreachable = true;
  const { status, text } = await get('/');
  expect(status).toBe(503);
  expect(text).toContain('The warehouse cannot be reached');
  expect(text).toContain('http-equiv="refresh"');
});

test('however many requests come, the warehouse is asked once a second', async () => {
  await Promise.all(Array.from({ length: 50 }, () => get('/notebooks/seen')));
  expect(reader.readCount).toBe(1);
  later(1);
  await Promise.all(Array.from({ length: 50 }, () => get('/notebooks/seen')));
  expect(reader.readCount).toBe(2);
});

test('a slow warehouse does not hold up those who have an older state to go by', async () => {
  let answer = (): void => undefined;
  const slow = new FakeReader();
  const cache = new PublicationCache(slow, silentLogger, () => now);
  await cache.current();
  slow.readPublication = () =>
    new Promise((resolve) => {
      answer = () => {
        resolve({ notebooks: [], pipeline: undefined });
      };
    });
  later(5);
  const old = await cache.current();
  expect(old?.publication.notebooks).toHaveLength(2);
  later(5);
  answer();
  await expect.poll(async () => (await cache.current())?.publication.notebooks.length).toBe(0);
});

test('a clock that is set back freezes nothing', async () => {
  const back = new FakeReader();
  let time = new Date('2026-11-30T12:00:00Z');
  const cache = new PublicationCache(back, silentLogger, () => time);
  await cache.current();
  time = new Date('2026-11-30T11:00:00Z');
  await cache.current();
  expect(back.readCount).toBe(2);
  time = new Date('2026-11-30T11:00:02Z');
  back.readPublication = () => Promise.resolve({ notebooks: [], pipeline: undefined });
  expect((await cache.current())?.publication.notebooks).toEqual([]);
});

test('a statement that took too long is a fault, and no sign that the warehouse is away', async () => {
  const message = 'canceling statement due to statement timeout';
  const late = Object.assign(new DatabaseError(message, 100, 'error'), { code: '57014' });
  const asked = await reachable(Promise.reject(late)).catch((error: unknown) => error);
  expect(asked).toBe(late);
  const refused = new Error('connect ECONNREFUSED');
  await expect(reachable(Promise.reject(refused))).rejects.toBeInstanceOf(UnreachableError);
});

test('a request is logged with its answer', async () => {
  await get('/nowhere?x=1');
  await expect.poll(() => log.at(-1)).toMatch(/^GET \/nowhere\?x=1 404 {2}ms=[\d.]+ {2}bytes=\d+/);
});

test('the pages of pipeline and data are kept, too', async () => {
  expect((await get('/pipeline')).status).toBe(200);
  reader.isUnreachable = true;
  later(2);
  const pipeline = await get('/pipeline');
  expect(pipeline.status).toBe(200);
  expect(pipeline.text).toContain('The warehouse cannot be reached');
  expect((await get('/data')).status).toBe(503);
});
