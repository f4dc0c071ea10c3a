// @module-tag heavy
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-surroundings-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function daybook(args: readonly string[], env: Record<string, string>) {
  return spawnSync(process.execPath, ['bin/daybook.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

test('up finds its port taken before it does anything', async () => {
  const taken = createServer();
  await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
  const { port } = taken.address() as AddressInfo;
  const home = join(folder, 'home');
  const { status, stderr } = daybook(['up', '--port', String(port)], { DAYBOOK_HOME: home });
  await new Promise((closed) => taken.close(closed));
  expect(stderr).toBe(
    `127.0.0.1:${port}: Another program listens there already [PORT_IN_USE]\n` +
      `caused by: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n` +
      '→ Stop it, or take another port with --port N (0: any free one)\n',
  );
  expect(status).toBe(2);
  expect(existsSync(home)).toBe(false);
});

test.runIf(existsSync('/proc/self')).each([
  ['doctor', 1],
  ['pipeline run', 2],
])('%s ends where DAYBOOK_HOME lies below /proc', (command, exitCode) => {
  const { status, stdout, stderr } = daybook(command.split(' '), {
    DAYBOOK_HOME: '/proc/nope/home',
  });
  expect(status).toBe(exitCode);
  expect(stdout + stderr).toMatch(/DAYBOOK_HOME.*\/proc\/nope/);
});

test('a server that npm has started ends with npm', async () => {
  // With its scripts npm would build the project anew, below the commands of other tests.
  const npm = spawn(
    'npm',
    ['exec', '--offline', '--ignore-scripts', '--', 'daybook', 'serve', '--port', '0'],
    {
      cwd: root,
      // Nobody listens there: the server comes up and waits for its warehouse.
      env: {
        ...process.env,
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
        DAYBOOK_HOME: folder,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const url = await new Promise<string>((found) => {
    let said = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const address = /served on (http:\S+)/.exec(said)?.[1];
      if (address !== undefined) found(address);
    });
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  npm.kill();
  await expect
    .poll(() =>
      fetch(`${url}/healthz`).then(
        () => 'answers',
        () => 'gone',
      ),
    )
    .toBe('gone');
});
