// @module-tag heavy
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { daybookInProcess } from '../commands/daybook-in-process.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { notebookOf, prose, publish } from './published.js';

const program = join(root, 'bin/daybook.js');
const input = join(root, 'test/input/customer-churn.ipynb');

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daybook-render-'));
  database = await createTestDatabase();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

const daybook = (...parameters: string[]) =>
  daybookInProcess(parameters, { cwd: folder, env: process.env });

test('notebooks render writes one file that needs nothing else', async () => {
  const { exitCode, stdout } = await daybook(
    'notebooks',
    'render',
    input,
    '--output',
    'pages/churn.html',
  );
  expect([exitCode, stdout]).toEqual([0, 'pages/churn.html\n']);
  const html = readFileSync(join(folder, 'pages/churn.html'), 'utf8');
  expect(html).toContain('<title>Customer churn · Daybook</title>');
  expect(html).not.toMatch(/<(?:script|link|img)[^>]*\s(?:src|href)="(?!data:)/);
});

test('notebooks render says what is wrong, and writes nothing then', async () => {
  writeFileSync(join(folder, 'broken.ipynb'), '{"nbformat": 4');
  const broken = await daybook('notebooks', 'render', 'broken.ipynb', '--output', 'broken.html');
  expect(broken.exitCode).toBe(1);
  expect(broken.stderr).toContain('broken.ipynb: The notebook is not JSON');
  expect(existsSync(join(folder, 'broken.html'))).toBe(false);
  expect((await daybook('notebooks', 'render', 'missing.ipynb', '-o', 'x.html')).exitCode).toBe(2);
  expect((await daybook('notebooks', 'render', input)).stderr).toContain('--output is missing');
  const unwritable = await daybook('notebooks', 'render', input, '--output', 'broken.ipynb/x.html');
  expect(unwritable.stderr).toContain('[OUTPUT_UNWRITABLE]');
});

function environment(port: string) {
  const { databaseUrl = '', readerUrl = '', home } = database.config;
  return {
    ...process.env,
    DATABASE_URL: databaseUrl,
    DAYBOOK_READER_URL: readerUrl,
    DAYBOOK_HOME: home,
    PORT: port,
  };
}

test('serve loses no line of its log when it is stopped, however many come at once', async () => {
  const child = spawn(process.execPath, [program, 'serve'], { cwd: root, env: environment('0') });
  try {
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0] ?? '';
    const asked = Array.from({ length: 300 }, (_, index) => `/status.json?${index}`);
    const ids = await Promise.all(
      asked.map(async (path) => {
        const response = await fetch(url + path);
        await response.arrayBuffer();
        return response.headers.get('x-request-id') ?? '';
      }),
    );
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(ids.filter((id) => log.split(`id=${id}\n`).length !== 2)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
  }
});

/** Starts `serve` on a free port; what it writes, and where it listens. */
function startServe(more: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0'], {
    cwd: root,
    env: { ...environment('0'), ...more },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const listening = async () => {
    const [line] = (await Promise.race([once(child.stdout, 'data'), closed])) as [unknown];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0];
    if (url === undefined) throw new Error(`serve has ended: ${log}`);
    return url;
  };
  return { child, closed, listening, log: () => log };
}

/** The way to the test's Postgres, closed at first: connections end at once, as with a server that is away. */
async function closedGateway() {
  let isOpen = false;
  const { hostname, port } = new URL(database.ownerUrl);
  const gateway = createServer((client) => {
    client.on('error', () => client.destroy());
    if (!isOpen) {
      client.destroy();
      return;
    }
    const server = connect(Number(port), hostname);
    server.on('error', () => client.destroy());
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    client.pipe(server).pipe(client);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    gateway.close();
  });
  await once(gateway, 'listening');
  const { port: own } = gateway.address() as AddressInfo;
  const through = (url: string, changes: Partial<Pick<URL, 'password' | 'pathname'>> = {}) =>
    Object.assign(new URL(url), { host: `127.0.0.1:${own}`, ...changes }).href;
  return { open: () => (isOpen = true), through };
}

const statusAt = async (url: string) => {
  const response = await fetch(url);
  return [response.status, await response.text()] as const;
};

test.each(['with a reader of its own', 'with the owner alone'])(
  'serve comes up before the warehouse does, says so, and shows everything once it is there: %s',
  async (kind) => {
    await publish(database.owner, 'early', notebookOf([prose('# Early bird')]), { title: 'Early' });
    const { open, through } = await closedGateway();
    const serve = startServe({
      DATABASE_URL: through(database.ownerUrl),
      DAYBOOK_READER_URL: kind.includes('reader') ? through(database.readerUrl) : '',
    });
    const url = await serve.listening();
    const [status, page] = await statusAt(`${url}/`);
    expect([status, page]).toEqual([503, expect.stringContaining('cannot be shown right now')]);
    expect((await statusAt(`${url}/healthz`))[0]).toBe(200);
    expect((await statusAt(`${url}/readyz`))[0]).toBe(503);
    expect((await statusAt(`${url}/status.json`))[1]).toContain('"unreachable"');
    expect((await statusAt(`${url}/metrics`))[1]).toContain('daybook_warehouse_up 0');
    expect(serve.log()).toContain('waiting for it');

    open();
    await expect
      .poll(() => statusAt(`${url}/notebooks/early`))
      .toEqual([200, expect.stringContaining('Early bird')]);
    expect((await statusAt(`${url}/readyz`))[0]).toBe(200);
    serve.child.kill('SIGTERM');
    expect(await serve.closed).toEqual([0, null]);
  },
);

test('serve stops on SIGTERM also while it waits for the warehouse', async () => {
  const { through } = await closedGateway();
  const serve = startServe({
    DATABASE_URL: through(database.ownerUrl),
    DAYBOOK_READER_URL: through(database.readerUrl),
  });
  await serve.listening();
  serve.child.kill('SIGTERM');
  expect(await serve.closed).toEqual([0, null]);
});

test('what waiting would not mend ends serve with a clear word, at once or once it is known', async () => {
  const { open, through } = await closedGateway();
  const late = startServe({
    DATABASE_URL: through(database.ownerUrl),
    DAYBOOK_READER_URL: through(database.readerUrl, { password: 'wrong' }),
  });
  await late.listening();
  open();
  expect(await late.closed).toEqual([2, null]);
  expect(late.log()).toContain('[WAREHOUSE_ACCESS_DENIED]');

  const missing = startServe({
    DATABASE_URL: through(database.ownerUrl),
    DAYBOOK_READER_URL: through(database.readerUrl, { pathname: '/nowhere' }),
  });
  expect(await missing.closed).toEqual([2, null]);
  expect(missing.log()).toContain('[WAREHOUSE_DATABASE_MISSING]');
});

test('serve says where it listens, and stops on SIGTERM once its answers are out', async () => {
  await publish(database.owner, 'churn', notebookOf([prose('# Churn')]), { title: 'Churn' });
  const child = spawn(process.execPath, [program, 'serve'], { cwd: root, env: environment('0') });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0] ?? '';
    expect(await (await fetch(`${url}/`)).text()).toContain('Churn');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('serve ends with a clear message when the address is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  try {
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const child = spawn(process.execPath, [program, 'serve', '--port', String(port)], {
      cwd: root,
      env: environment('0'),
    });
    const parts: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => parts.push(chunk.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(parts.join('')).toContain(
      `127.0.0.1:${port}: Another program listens there already [PORT_IN_USE]`,
    );
  } finally {
    other.close();
  }
});
