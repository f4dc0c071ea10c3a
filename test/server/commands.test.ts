import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

function daybook(...parameters: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...parameters], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('notebooks render writes one file that needs nothing else', () => {
  const { status, stdout } = daybook('notebooks', 'render', input, '--output', 'pages/churn.html');
  expect([status, stdout]).toEqual([0, 'pages/churn.html\n']);
  const html = readFileSync(join(folder, 'pages/churn.html'), 'utf8');
  expect(html).toContain('<title>Customer churn · Daybook</title>');
  expect(html).not.toMatch(/<(?:script|link|img)[^>]*\s(?:src|href)="(?!data:)/);
});

test('notebooks render says what is wrong, and writes nothing then', () => {
  writeFileSync(join(folder, 'broken.ipynb'), '{"nbformat": 4');
  const broken = daybook('notebooks', 'render', 'broken.ipynb', '--output', 'broken.html');
  expect(broken.status).toBe(1);
  expect(broken.stderr).toContain('broken.ipynb: The notebook is not JSON');
  expect(existsSync(join(folder, 'broken.html'))).toBe(false);
  expect(daybook('notebooks', 'render', 'missing.ipynb', '-o', 'x.html').status).toBe(2);
  expect(daybook('notebooks', 'render', input).stderr).toContain('--output is missing');
  const unwritable = daybook('notebooks', 'render', input, '--output', 'broken.ipynb/x.html');
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

test('serve ends with a clear word when it is started while the warehouse is away', async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
  const { status, stderr } = spawnSync(process.execPath, [program, 'serve', '--port', '0'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...environment('0'),
      DATABASE_URL: `postgres://daybook@127.0.0.1:${port}/x`,
      DAYBOOK_READER_URL: '',
    },
  });
  expect(status).toBe(1);
  expect(stderr).toContain('[WAREHOUSE_UNAVAILABLE]');
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
