import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, type TestContext } from 'vitest';
import { asRoot, ordinaryUser } from './home.js';

/** How a pool hands out sessions, and what it does with the start-up parameter `options`. */
export interface PgBouncerOptions {
  readonly mode: 'session' | 'transaction' | 'statement';
  /** Default: it is dropped, as forums advise. */
  readonly refusesOptions?: boolean;
}

const program = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'pgbouncer'))
  .find((path) => existsSync(path));

/**
 * Starts PgBouncer before a server; it is stopped at the end of the test. Leaves the running test out where
 * it is not installed; `.ci/run` installs it.
 *
 * @param users - URLs of the server with the names and passwords of those whom the pool lets in.
 * @returns Makes the pool's URL from one of the server.
 */
export async function startPgBouncer(
  context: TestContext,
  users: readonly string[],
  { mode, refusesOptions = false }: PgBouncerOptions,
): Promise<(direct: string) => string> {
  if (program === undefined) return context.skip('pgbouncer is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'daybook-pgbouncer-'));
  const [server, port] = [new URL(users[0] ?? ''), await freePort()];
  const [config, secrets] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')];
  const lines = users.map((url) => {
    const { username, password } = new URL(url);
    return [username, password].map((text) => `"${decodeURIComponent(text)}"`).join(' ');
  });
  writeFileSync(secrets, `${lines.join('\n')}\n`);
  writeFileSync(
    config,
    `[databases]
* = host=${server.hostname} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${secrets}
pool_mode = ${mode}
ignore_startup_parameters = ${refusesOptions ? 'extra_float_digits' : 'extra_float_digits, options'}
`,
  );
  chmodSync(folder, 0o755);
  // It refuses to run as root.
  const child = spawn(program, [config], { stdio: 'ignore', ...(asRoot ? ordinaryUser() : {}) });
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    await sleep(10);
  }
  return (direct) => {
    const url = new URL(direct);
    url.host = `127.0.0.1:${port}`;
    return url.href;
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => {
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
