import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/server/app.js';
import { loadAssets } from '../../src/server/parts/assets.js';
import { createReaders } from '../../src/server/reading/readers/readers.js';
import { followPublication } from '../../src/publication/follow-publication.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { notebookOf, prose, publish } from '../server/published.js';
import { listen } from '../../src/http/listen.js';

let database: TestDatabase;
let closing: AbortController;
let following: Promise<void>;
let news: number;
let tell: () => void;
beforeEach(async () => {
  database = await createTestDatabase();
  closing = new AbortController();
  news = 0;
  tell = () => undefined;
  const onNews = () => {
    news += 1;
    tell();
  };
  following = followPublication(database.reader, onNews, closing.signal);
  await expect.poll(() => news).toBe(1);
});
afterEach(async () => {
  closing.abort();
  await following;
  await database.drop();
});

const live = (words: string) => publish(database.owner, 'live', notebookOf([prose(words)]), {});

test('what is published, and a run of the pipeline, is told', async () => {
  await live('First');
  await expect.poll(() => news).toBeGreaterThan(1);
  const before = news;
  await database.owner.query(
    `insert into ops.pipeline_run (status, trigger, data_dir, time_zone) values ('running', 'test', '/', 'UTC')`,
  );
  await expect.poll(() => news).toBeGreaterThan(before);
});

test('a connection that is lost is replaced, and something may have been published meanwhile', async () => {
  const { rowCount } = await database.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query = 'listen daybook_publication'`,
  );
  expect(rowCount).toBe(1);
  await expect.poll(() => news).toBe(2);
  await live('First');
  await expect.poll(() => news).toBeGreaterThan(2);
});

test('a dashboard shows what was published although its state is fresh by the clock', async () => {
  await live('First words');
  const now = new Date();
  const app = createApp({
    ...createReaders(database.reader),
    assets: await loadAssets(),
    timeZone: 'UTC',
    now: () => now,
    follow: (onNews) => {
      tell = onNews;
    },
  });
  const server = await listen(app, '127.0.0.1', 0);
  const titles = async () => {
    const feed = await fetch(`${server.url}/status.json`);
    return feed.text();
  };
  expect(await titles()).not.toContain('second');
  await publish(database.owner, 'second', notebookOf([prose('Second')]), {});
  await expect.poll(titles).toContain('second');
  await server.close();
});
