import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listObjects, type ListedObject } from '../../src/storage/list-objects.js';
import { addressProblem, formatAddress, parseAddress } from '../../src/storage/object-address.js';
import { currentObject, readObject } from '../../src/storage/read-object.js';
import { startObjectServer, type ObjectServer } from './object-server.js';

let server: ObjectServer;
beforeAll(async () => {
  server = await startObjectServer('logs', 'keys');
});
afterEach(() => {
  server.disturb();
});
afterAll(() => server.close());

async function list(address: string, store = server.store): Promise<ListedObject[]> {
  const found: ListedObject[] = [];
  for await (const object of listObjects(store, parseAddress(address))) found.push(object);
  return found;
}

async function read(object: ListedObject, start = 0, end?: number): Promise<string> {
  const parts: Buffer[] = [];
  const range = end === undefined ? { start } : { start, end };
  const place = { ...object, store: server.store };
  for await (const part of readObject(place, range, () => Buffer.alloc(1000))) parts.push(part);
  return Buffer.concat(parts).toString();
}

const content = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join('');

async function object(key = 'a.log', text = content): Promise<ListedObject> {
  await server.put(`s3://logs/${key}`, text);
  const [found] = await list(`s3://logs/${key}`);
  if (found === undefined) throw new Error(`${key} is not there`);
  server.requests();
  return found;
}

test('an address is a bucket and a key as it is', () => {
  const key = fc.string({ minLength: 1, unit: 'binary' });
  fc.assert(
    fc.property(key, (text) => {
      const address = { bucket: 'my-logs.2026', key: text };
      expect(parseAddress(formatAddress(address))).toEqual(address);
      expect(addressProblem(formatAddress(address))).toBeUndefined();
    }),
  );
});

test.each([
  ['s3://', /names no bucket/],
  ['s3://*/a.log', /names no bucket/],
  ['s3://Logs/a.log', /names no bucket/],
  ['gs://logs/a.log', /gs:\/\/ is not known, only s3:\/\//],
])('%s is no address', (address, problem) => {
  expect(addressProblem(address)).toMatch(problem);
});

test('a listing has every key, whatever is in it', async () => {
  const word = fc.string({
    minLength: 1,
    maxLength: 12,
    unit: fc.constantFrom(...Array.from('ab 0%+&=?#<>"\'*äß€😀_.-~;,')),
  });
  const keys = new Set(
    fc
      .sample(fc.array(word, { minLength: 1, maxLength: 3 }), { numRuns: 400, seed: 15 })
      .map((words) => `all/${words.join('/')}`),
  );
  await putAll([...keys]);
  const found = await list('s3://keys/all/');
  expect(found).toHaveLength(keys.size);
  expect(new Set(found.map(({ key }) => key))).toEqual(keys);
  for (const one of found.filter((_, index) => index % 40 === 0)) {
    expect(await read(one)).toBe(one.key);
  }
});

test('a listing goes over all pages', async () => {
  const keys = Array.from({ length: 1001 }, (_, number) => `many/${number + 10_000}.log`);
  await putAll(keys);
  server.requests();
  expect((await list('s3://keys/many/')).map(({ key }) => key)).toEqual(keys);
  expect(server.requests()).toHaveLength(2);
});

async function putAll(keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += 50) {
    const some = keys.slice(at, at + 50);
    await Promise.all(some.map((key) => server.put(`s3://keys/${key}`, key)));
  }
}

describe('an object', () => {
  test('is read whole by one request, and in ranges', async () => {
    const place = await object();
    expect(await read(place)).toBe(content);
    expect(server.requests()).toEqual(['GET /logs/a.log']);
    expect(await read(place, 100, 2345)).toBe(content.slice(100, 2345));
    expect(await read(place, 5000)).toBe(content.slice(5000));
    expect(await read(place, content.length)).toBe('');
    expect(await read(place, 0, 10)).toBe(content.slice(0, 10));
    expect(await read(await object('empty.log', ''))).toBe('');
  });

  test('is read on where its stream broke off', async () => {
    const place = await object();
    let cuts = 0;
    server.disturb((_, answer, pass) => {
      pass((from) => {
        let sent = 0;
        from.on('data', (part: Buffer) => {
          const rest = cuts < 3 ? part.subarray(0, Math.max(0, 30_000 - sent)) : part;
          sent += rest.length;
          answer.write(rest, () => {
            if (rest.length === part.length || answer.destroyed) return;
            cuts += 1;
            answer.destroy();
          });
        });
        from.on('end', () => answer.end());
      });
      return true;
    });
    expect(await read(place)).toBe(content);
    expect(cuts).toBe(3);
    const requests = server.requests();
    expect(requests[0]).toBe('GET /logs/a.log');
    expect(requests.slice(1).every((one) => /bytes=[1-9]\d*-\d+$/.test(one))).toBe(true);
  });

  test('whose stream breaks off again and again is a fault of the store', async () => {
    const place = await object();
    server.disturb((_, answer, pass) => {
      pass(() => answer.destroy());
      return true;
    });
    await expect(read(place)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', exitCode: 75 });
  });

  test('that was replaced is not read, and known as it is now', async () => {
    const place = await object();
    await server.put('s3://logs/a.log', 'another\n');
    await expect(read(place)).rejects.toMatchObject({
      code: 'OBJECT_CHANGED',
      where: 's3://logs/a.log',
    });
    const now = await currentObject({ ...place, store: server.store });
    expect(now).toMatchObject({ bytes: 8, key: 'a.log' });
    expect(await read(now)).toBe('another\n');
  });

  test('that was replaced is not read from a store that does not compare either', async () => {
    const place = await object();
    await server.put('s3://logs/a.log', 'another\n');
    server.disturb(({ headers }) => {
      delete headers['if-match'];
      return false;
    });
    await expect(read(place)).rejects.toMatchObject({ code: 'OBJECT_CHANGED' });
  });

  test('in ranges is not read from a store that knows none', async () => {
    const place = await object();
    server.disturb(({ headers }) => {
      delete headers.range;
      return false;
    });
    await expect(read(place, 10)).rejects.toMatchObject({ code: 'STORE_INVALID' });
  });

  test('that is gone says so', async () => {
    const gone = { bucket: 'logs', key: 'gone.log', bytes: 5, etag: '"x"' };
    const error = { code: 'DATA_UNREADABLE', where: 's3://logs/gone.log' };
    await expect(read(gone)).rejects.toMatchObject(error);
    await expect(currentObject({ ...gone, store: server.store })).rejects.toMatchObject(error);
  });
});

describe('an error says what to do', () => {
  const answer = (status: number, code: string): void => {
    server.disturb((_, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`);
      return true;
    });
  };

  test.each([
    [403, 'AccessDenied', 'STORE_REFUSED', /s3:ListBucket for the bucket logs/],
    [403, 'SignatureDoesNotMatch', 'STORE_REFUSED', /keys/],
    [400, 'ExpiredToken', 'STORE_REFUSED', /keys/],
    [400, 'AuthorizationHeaderMalformed', 'STORE_INVALID', /storage\.region/],
    [404, 'NoSuchBucket', 'STORE_INVALID', /AWS_ENDPOINT_URL_S3/],
    [503, 'SlowDown', 'STORE_UNAVAILABLE', /try again/],
  ])('%d %s', async (status, name, code, hint) => {
    answer(status, name);
    await expect(list('s3://logs/')).rejects.toMatchObject({
      code,
      where: 's3://logs/',
      hint: expect.stringMatching(hint) as string,
    });
  });

  test('of an archived object', async () => {
    const place = await object();
    answer(403, 'InvalidObjectState');
    await expect(read(place)).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: 'is in an archive of the store',
    });
  });

  test('of a bucket that is not there', async () => {
    await expect(list('s3://no-such/')).rejects.toMatchObject({ code: 'STORE_INVALID' });
  });

  test('of an address where nothing listens', async () => {
    const store = { ...server.store, endpoint: 'http://127.0.0.1:1' };
    await expect(list('s3://logs/', store)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  // The client takes such a page for an empty listing, after which everything would be gone.
  test.each(['<!doctype html><html><body>hello</body></html>', '', '{}'])(
    'of a server that is no store and says %j',
    async (page) => {
      const other = createServer((_, response) => response.end(page));
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      const store = { ...server.store, endpoint: `http://127.0.0.1:${port}` };
      await expect(list('s3://logs/', store)).rejects.toMatchObject({ code: 'STORE_INVALID' });
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
    },
  );

  test('of a listing that does not say where it goes on', async () => {
    server.disturb((_, response) => {
      response.end(
        '<ListBucketResult><Name>logs</Name><IsTruncated>true</IsTruncated></ListBucketResult>',
      );
      return true;
    });
    await expect(list('s3://logs/')).rejects.toMatchObject({ code: 'STORE_INVALID' });
  });
});
