// @module-tag heavy
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { createLogger, silentLogger } from '../../src/logger.js';
import { createApp } from '../../src/server/app.js';
import { loadAssets, type Assets } from '../../src/server/parts/assets.js';
import { startDashboard } from '../../src/server/dashboard.js';
import { listen, type Listening, type ListenLimits } from '../../src/http/listen.js';
import { createReaders } from '../../src/server/reading/readers/readers.js';
import { startEmbedded, stopEmbedded } from '../../src/warehouse/embedded/server.js';
import { openReader, openWarehouse } from '../../src/warehouse/warehouse.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { makeHome, removeHome } from '../warehouse/home.js';
import { code, notebookOf, prose, publish } from './published.js';

let database: TestDatabase;
let assets: Assets;
/** What the server of the running test logs. */
const log: string[] = [];

/** A page of 2 MB: more than the buffers of a connection take. */
const large = notebookOf(
  Array.from({ length: 40 }, () =>
    code('print()', [
      { output_type: 'stream', name: 'stdout', text: `${'x'.repeat(99)}\n`.repeat(500) },
    ]),
  ),
);

beforeAll(async () => {
  [database, assets] = await Promise.all([createTestDatabase(), loadAssets()]);
  await publish(database.owner, 'small', notebookOf([prose('# Small')]), { title: 'Small' });
  await publish(database.owner, 'large', large, { title: 'Large' });
});

afterAll(async () => {
  await database.drop();
});

async function start(context: TestContext, limits: Partial<ListenLimits>): Promise<Listening> {
  const closing = new AbortController();
  log.splice(0);
  const app = createApp({
    ...createReaders(database.reader),
    assets,
    timeZone: 'UTC',
    logger: createLogger({ write: (line) => void log.push(line) }),
    signal: closing.signal,
  });
  const server = await listen(app, '127.0.0.1', 0, limits);
  context.onTestFinished(() => {
    closing.abort();
    return server.close();
  });
  return server;
}

/** A connection, as a bare socket that never reads unless it is told to. */
async function open(
  context: TestContext,
  server: Listening,
  localAddress = '127.0.0.1',
): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: hostname, localAddress });
  context.onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function isServed(server: Listening): Promise<boolean> {
  const response = await fetch(`${server.url}/notebooks/small`);
  return response.status === 200 && (await response.text()).includes('Small');
}

/** Sends a byte now and then until the connection is gone. */
function drip(socket: Socket): Promise<unknown> {
  const timer = setInterval(() => socket.write('x'), 100);
  return once(socket, 'close').finally(() => {
    clearInterval(timer);
  });
}

test('clients that send their request a byte at a time are let go, and others served meanwhile', async (context) => {
  const server = await start(context, { headMs: 1000 });
  const sockets = await Promise.all(Array.from({ length: 100 }, () => open(context, server)));
  for (const socket of sockets) {
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  }
  const gone = Promise.all(sockets.map(drip));
  expect(await isServed(server)).toBe(true);
  await gone;
  expect(await isServed(server)).toBe(true);
});

test('a body is answered without being waited for, and one that never ends is cut off', async (context) => {
  const server = await start(context, { headMs: 1000, requestMs: 1500 });
  const socket = await open(context, server);
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('405 Method Not Allowed');
  socket.resume();
  await drip(socket);
  expect(await isServed(server)).toBe(true);
});

test('clients that do not read are let go, and hold no copy of a page each', async (context) => {
  const server = await start(context, { idleMs: 3000 });
  const whole = await fetch(`${server.url}/notebooks/large`, {
    headers: { 'Accept-Encoding': 'identity' },
  });
  const size = (await whole.arrayBuffer()).byteLength;
  expect(size).toBeGreaterThan(1_500_000);
  const before = process.memoryUsage().arrayBuffers;
  const sockets = await Promise.all(Array.from({ length: 12 }, () => open(context, server)));
  for (const socket of sockets) {
    socket.pause();
    // More than the system's buffers take on both sides.
    socket.write('GET /notebooks/large HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(30));
  }
  expect(await isServed(server)).toBe(true);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan((sockets.length * size) / 4);
  // A client that does not read does not see that it was let go; the server's log does.
  const letGo = () => log.filter((line) => line.includes('complete=false')).length;
  await expect.poll(letGo).toBeGreaterThanOrEqual(sockets.length);
  expect(await isServed(server)).toBe(true);
});

test('a flood of connections leaves those served that are there, and ends when it does', async (context) => {
  const server = await start(context, { connections: 40 });
  const kept = await open(context, server);
  const ask = async () => {
    kept.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = (await once(kept, 'data')) as [Buffer];
    return answer.toString().slice(0, 15);
  };
  expect(await ask()).toBe('HTTP/1.1 200 OK');
  const flood = await Promise.all(Array.from({ length: 300 }, () => open(context, server)));
  const isOpen = () => flood.filter(({ destroyed }) => !destroyed).length;
  for (const socket of flood) socket.resume();
  await expect.poll(isOpen).toBeLessThan(40);
  expect(await ask()).toBe('HTTP/1.1 200 OK');
  for (const socket of flood) socket.destroy();
  await expect.poll(() => isServed(server).catch(() => false)).toBe(true);
});

test('one address that opens connections without end shuts nobody else out', async (context) => {
  const server = await start(context, { connectionsOfAddress: 20, isCounted: () => true });
  const flood = await Promise.all(Array.from({ length: 100 }, () => open(context, server)));
  for (const socket of flood) {
    socket.resume();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  }
  await expect.poll(() => flood.filter(({ destroyed }) => !destroyed).length).toBe(20);
  const other = await open(context, server, '127.0.0.2');
  other.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = (await once(other, 'data')) as [Buffer];
  expect(answer.toString().slice(0, 15)).toBe('HTTP/1.1 200 OK');
});

test('while Postgres is away the last good pages are served, and new ones once it is back', async (context) => {
  const home = makeHome();
  context.onTestFinished(() => removeHome(home));
  const config = {
    ...parseConfig({ DAYBOOK_HOME: home, PORT: '0' }, root),
    databaseUrl: undefined,
  };
  const { ownerUrl, readerUrl } = await startEmbedded(home, { durable: false });
  const settled = { ...config, databaseUrl: ownerUrl, readerUrl };
  const publishOne = async (text: string) => {
    const warehouse = await openWarehouse(settled);
    await publish(warehouse.owner, 'away', notebookOf([prose('# Away'), prose(text)]));
    await warehouse.close();
  };
  await publishOne('Before.');
  const reader = await openReader(settled);
  const dashboard = await startDashboard({
    pool: reader.pool,
    config: settled,
    logger: silentLogger,
  });
  context.onTestFinished(async () => {
    await dashboard.close();
    await reader.close();
  });
  const get = async (path: string) => {
    const response = await fetch(dashboard.url + path);
    return { status: response.status, text: await response.text() };
  };
  expect((await get('/notebooks/away')).text).toContain('Before.');
  expect((await get('/readyz')).status).toBe(200);

  await stopEmbedded(home);
  await expect
    .poll(async () => (await get('/notebooks/away')).text)
    .toContain('The warehouse cannot be reached');
  const kept = await get('/notebooks/away');
  expect([kept.status, kept.text.includes('Before.')]).toEqual([200, true]);
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/healthz')).status).toBe(200);
  const answers = await Promise.all(Array.from({ length: 200 }, () => get('/notebooks/away')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));

  await startEmbedded(home, { durable: false });
  await publishOne('After.');
  await expect.poll(async () => (await get('/notebooks/away')).text).toContain('After.');
  expect((await get('/notebooks/away')).text).not.toContain('The warehouse cannot be reached');
  expect((await get('/readyz')).status).toBe(200);
});
