import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listObjects } from '../../src/storage/list-objects.js';
import { parseAddress } from '../../src/storage/object-address.js';
import { uploadFolder } from '../../src/storage/upload-folder.js';
import { temporaryFolder } from '../temporary-folder.js';
import { startObjectServer, type ObjectServer } from './object-server.js';

let server: ObjectServer;
beforeAll(async () => {
  server = await startObjectServer('site');
});
afterAll(() => server.close());

function copyOf(files: Record<string, string>, address: string) {
  const folder = temporaryFolder(files);
  return {
    write: (name: string, text: string) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    },
    remove: (name: string) => {
      rmSync(join(folder, name));
    },
    upload: (signal = new AbortController().signal) => {
      server.requests();
      return uploadFolder({
        ...{ store: server.store, folder, target: parseAddress(address), signal },
        headersOf: () => ({ contentType: 'text/html; charset=utf-8', cacheControl: 'no-cache' }),
        isLast: (name) => name.endsWith('.html'),
      });
    },
  };
}

async function keys(address: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of listObjects(server.store, parseAddress(address))) found.push(key);
  return found.sort();
}

test('only what changed is sent, what is gone is removed, and pages come last', async () => {
  const { write, remove, upload } = copyOf(
    { 'index.html': 'home', 'assets/a.css': 'css', 'n/%C3%B6 d.html': 'odd' },
    's3://site/copy',
  );
  expect(await upload()).toEqual({ written: 3, unchanged: 0, removed: 0 });
  expect(server.requests().filter((one) => one.startsWith('PUT'))).toEqual([
    'PUT /site/copy/daybook-files.json',
    'PUT /site/copy/assets/a.css',
    'PUT /site/copy/index.html',
    'PUT /site/copy/n/%25C3%25B6%20d.html',
    'PUT /site/copy/daybook-files.json',
  ]);
  const { endpoint = '' } = server.store;
  const page = await fetch(`${endpoint}/site/copy/n/%25C3%25B6%20d.html`);
  expect([await page.text(), page.headers.get('content-type')]).toEqual([
    'odd',
    'text/html; charset=utf-8',
  ]);
  expect(await upload()).toEqual({ written: 0, unchanged: 3, removed: 0 });
  expect(server.requests().some((one) => one.startsWith('PUT'))).toBe(false);
  write('index.html', 'other');
  remove('n/%C3%B6 d.html');
  // Somebody else's object is left alone, and what somebody else changed is sent again.
  await server.put('s3://site/copy/robots.txt', 'theirs');
  await server.put('s3://site/copy/assets/a.css', 'spoilt');
  expect(await upload()).toEqual({ written: 2, unchanged: 0, removed: 1 });
  expect(await keys('s3://site/copy/')).toEqual(
    ['assets/a.css', 'daybook-files.json', 'index.html', 'robots.txt'].map((key) => `copy/${key}`),
  );
});

test('a copy that was interrupted is completed, and knows what it wrote', async () => {
  const { remove, upload } = copyOf(
    { 'a.css': 'a', 'b.css': 'b', 'index.html': 'c' },
    's3://site/cut',
  );
  server.disturb(({ method, url = '' }, answer) => {
    if (method !== 'PUT' || !url.includes('index.html')) return false;
    answer.writeHead(403);
    answer.end();
    return true;
  });
  await expect(upload()).rejects.toMatchObject({
    code: 'STORE_REFUSED',
    where: 's3://site/cut/index.html',
    hint: expect.stringContaining('s3:PutObject') as string,
  });
  server.disturb();
  remove('b.css');
  expect(await upload()).toMatchObject({ written: 2, removed: 1 });
  expect(await keys('s3://site/cut/')).toEqual(
    ['a.css', 'daybook-files.json', 'index.html'].map((key) => `cut/${key}`),
  );
});

test.each([undefined, 'no json'])('objects of others are not written over', async (manifest) => {
  const address = `s3://site/theirs-${manifest ?? 'none'}`;
  await server.put(`${address}/index.html`, 'theirs');
  if (manifest !== undefined) await server.put(`${address}/daybook-files.json`, manifest);
  const { upload } = copyOf({ 'index.html': 'ours' }, address);
  await expect(upload()).rejects.toMatchObject({ code: 'OUTPUT_NOT_EMPTY', where: address });
});

test('a signal stops it', async () => {
  const { upload } = copyOf({ 'index.html': 'ours' }, 's3://site/stopped');
  await expect(upload(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
