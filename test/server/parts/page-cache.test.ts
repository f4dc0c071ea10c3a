import { expect, test, vi } from 'vitest';
import { silentLogger } from '../../../src/logger.js';
import type { PublicationReader } from '../../../src/publication/publication-reader.js';
import { loadAssets } from '../../../src/server/parts/assets.js';
import { htmlResponse } from '../../../src/http/prepared-response.js';
import { everybody } from '../../../src/server/access/audience.js';
import {
  PageCache,
  unlessUnfinished,
  type PageCacheOptions,
} from '../../../src/server/parts/page-cache.js';

const assets = await loadAssets();

/** Pages of a publication that never changes. */
function pagesOf(options: Partial<PageCacheOptions> = {}): PageCache {
  const reader = {
    readPublication: () => Promise.resolve({ notebooks: [], pipeline: undefined }),
  } as unknown as PublicationReader;
  const now = () => new Date(0);
  return new PageCache({
    ...{ reader, assets, timeZone: 'UTC', logger: silentLogger, now },
    ...options,
  });
}

/** A page that lacks something until the test has it made. */
function lackingPage() {
  let made = false;
  let calls = 0;
  let settle: () => void = () => undefined;
  const rest = new Promise<void>((resolve) => (settle = resolve));
  const make = () => {
    calls += 1;
    const answer = htmlResponse(200, made ? 'all of it' : 'a part');
    return Promise.resolve(unlessUnfinished(answer, undefined, made ? undefined : rest));
  };
  const finish = () => {
    made = true;
    settle();
    return rest;
  };
  return { make, finish, calls: () => calls };
}

const place = { path: '/list', audience: everybody };
const text = (answer: { body: { bytes: Buffer } } | undefined) => answer?.body.bytes.toString();

test('a page that lacks something is shown as it is until that is there, and whoever has it open is told', async () => {
  const pages = pagesOf();
  const { make, finish, calls } = lackingPage();
  const before = await pages.liveVersion(everybody);
  for (let look = 0; look < 3; look += 1)
    expect(text(await pages.page(place, make))).toBe('a part');
  expect(calls()).toBe(1);
  expect(await pages.liveVersion(everybody)).toBe(before);
  await finish();
  await expect.poll(async () => (await pages.liveVersion(everybody)) === before).toBe(false);
  const after = await pages.liveVersion(everybody);
  for (let look = 0; look < 3; look += 1) {
    expect(text(await pages.page(place, make))).toBe('all of it');
  }
  expect([calls(), await pages.liveVersion(everybody)]).toEqual([2, after]);
});

test('it is made again once a second meanwhile, but what has become whole is kept', async () => {
  vi.useFakeTimers();
  try {
    const pages = pagesOf();
    const { make, finish, calls } = lackingPage();
    await pages.page(place, make);
    await vi.advanceTimersByTimeAsync(1000);
    await pages.page(place, make);
    expect(calls()).toBe(2);
    await finish();
    await vi.advanceTimersByTimeAsync(0);
    await pages.page(place, make);
    await vi.advanceTimersByTimeAsync(5000);
    expect([text(await pages.page(place, make)), calls()]).toEqual(['all of it', 3]);
  } finally {
    vi.useRealTimers();
  }
});

test('a copy waits for all of a page', async () => {
  const { make, finish } = lackingPage();
  const copied = pagesOf({ isPatient: true }).page(place, make);
  await finish();
  expect(text(await copied)).toBe('all of it');
});
