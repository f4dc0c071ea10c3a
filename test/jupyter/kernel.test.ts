// @module-tag heavy
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../until.js';
import { isAlive } from '../is-alive.js';
import { startKernel } from '../../src/jupyter/kernel.js';
import type { Kernelspec } from '../../src/jupyter/kernelspec.js';
import { tslabKernelspec } from '../../src/tslab/kernelspec.js';
import { root } from '../database.js';
import { startFakeKernel } from './fake-kernel.js';

// Kernels start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-kernel-test-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A kernel that is a small program. */
function programKernel(program: string): Kernelspec {
  return {
    ...tslabKernelspec(),
    name: 'program',
    argv: [process.execPath, '-e', program, '{connection_file}'],
  };
}

const options = () => ({ cwd: folder, env: process.env });

describe('tslab', () => {
  test('starts in its folder with its environment, runs code, and ends with its children', async () => {
    const kernel = await startKernel(tslabKernelspec(), {
      ...options(),
      env: { ...process.env, GREETING: 'hello' },
    });
    const { pid = 0 } = kernel.process;
    try {
      expect(kernel.info).toMatchObject({
        implementation: 'tslab',
        language_info: { name: 'typescript' },
      });
      const code = `import { spawn } from 'child_process';
import { writeFileSync } from 'fs';
const child = spawn('sleep', ['600'], { stdio: 'inherit' });
const far = spawn('sleep', ['600'], { detached: process.platform === 'linux', stdio: 'ignore' });
writeFileSync('facts.json', JSON.stringify({ child: child.pid, far: far.pid, cwd: process.cwd(), greeting: process.env.GREETING }));
setInterval(() => {}, 1000);
require('fs').writeSync(1, 'past the protocol');`;
      const request = kernel.channels.request('execute_request', {
        code,
        silent: false,
        store_history: true,
        user_expressions: {},
        allow_stdin: false,
        stop_on_error: true,
      });
      const replied = new Promise((resolve) => {
        kernel.listen((channel, message) => {
          if (channel === 'shell') resolve(message.content['status']);
        });
      });
      await kernel.channels.send('shell', request);
      expect(await replied).toBe('ok');
      const facts = JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')) as {
        child: number;
        far: number;
      };
      expect(facts).toMatchObject({ cwd: folder, greeting: 'hello' });
      expect([facts.child, facts.far].map(isAlive)).toEqual([true, true]);
      await until(() => kernel.process.output().stdout !== '');
      expect(kernel.process.output().stdout).toBe('past the protocol');
      await kernel.shutdown();
      expect(kernel.process.exit).toBeDefined();
      await until(() => ![facts.child, facts.far, pid].some(isAlive));
      await kernel.shutdown(); // once more does nothing
    } finally {
      await kernel.shutdown();
    }
  });

  test.runIf(existsSync('/proc'))('leaves no connection file behind', async () => {
    const kernel = await startKernel(tslabKernelspec(), options());
    const command = readFileSync(`/proc/${kernel.process.pid ?? 0}/cmdline`, 'utf8');
    const file = /--config-path=([^\0]+)/.exec(command)?.[1] ?? '';
    const wasThere = existsSync(file);
    await kernel.shutdown();
    expect([wasThere, existsSync(file)]).toEqual([true, false]);
  });
});

describe('a kernel that does not start', () => {
  test('its exit code and what it said are in the message', async () => {
    const spec = programKernel(`console.error('no such thing'); process.exit(9)`);
    await expect(startKernel(spec, options())).rejects.toMatchObject({
      code: 'KERNEL_START',
      message: expect.stringMatching(/exit code 9[^]*no such thing/),
      hint: expect.stringContaining(process.execPath),
    });
  });

  test('there is no such program', async () => {
    const spec = { ...tslabKernelspec(), argv: ['/no/such/program'] };
    await expect(startKernel(spec, options())).rejects.toMatchObject({ code: 'KERNEL_START' });
  });

  test('it stays silent: it is ended after the time that it has', async () => {
    const pidFile = join(folder, 'silent-pid');
    const spec = programKernel(
      `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000)`,
    );
    await expect(startKernel(spec, { ...options(), startTimeout: 1000 })).rejects.toMatchObject({
      message: expect.stringContaining('within 1 seconds'),
    });
    await until(() => !existsSync(pidFile) || !isAlive(Number(readFileSync(pidFile, 'utf8'))));
  });

  test('a port was taken: it is tried again with others', async () => {
    const marker = join(folder, 'tried');
    const spec = programKernel(
      `const fs = require('fs');
       fs.appendFileSync(${JSON.stringify(marker)}, 'x');
       console.error('Error: Address already in use'); setInterval(() => {}, 1000)`,
    );
    await expect(startKernel(spec, options())).rejects.toMatchObject({
      message: expect.stringContaining('port'),
    });
    expect(readFileSync(marker, 'utf8')).toBe('xxx');
  });

  test.each(['before', 'when', 'after'] as const)(
    'the signal stops the start at once: %s its process is there',
    async (moment) => {
      const controller = new AbortController();
      const abort = () => {
        controller.abort(new Error('Ctrl-C'));
      };
      const pidFile = join(folder, `aborted-${moment}`);
      const spec = programKernel(
        `require('fs').writeFileSync(${JSON.stringify(pidFile)}, ''); setInterval(() => {}, 1000)`,
      );
      const starting = startKernel(spec, {
        ...options(),
        signal: controller.signal,
        ...(moment === 'when' ? { onProcess: abort } : {}),
      });
      const ended = expect(starting).rejects.toThrow('Ctrl-C');
      if (moment === 'before') abort();
      if (moment === 'after') await until(() => existsSync(pidFile)).then(abort);
      await ended;
    },
  );
});

test('the first status is lost, as before a subscription: the kernel is asked again', async () => {
  await using fake = await startFakeKernel(() => undefined, { lostStatuses: 2 });
  expect(fake.kernel.info.implementation).toBe('fake');
});

test.each([
  ['hang up', Buffer.alloc(0)],
  ['speak another protocol', Buffer.alloc(200, 0xff)],
])(
  'other programs answer on its ports first and %s: the kernel is found nevertheless',
  async (_, words) => {
    // Often, since ZeroMQ's own next attempt and ours must meet in the kernel to disturb each other.
    for (let round = 0; round < 20; round += 1) {
      await using fake = await startFakeKernel(() => undefined, {
        occupant: words,
        connect: { startTimeout: 20_000 },
      });
      expect(fake.kernel.info.implementation).toBe('fake');
    }
  },
);

test('a kernel that signs with another key never becomes ready, and the message says why', async () => {
  await expect(
    startFakeKernel(() => undefined, { key: 'another', connect: { startTimeout: 500 } }),
  ).rejects.toMatchObject({
    code: 'KERNEL_START',
    cause: { message: expect.stringContaining('the signature does not fit') },
  });
});

describe('when our own process ends', () => {
  const program = join(root, 'dist', 'jupyter');

  test.each([
    ['process.exit', 'process.exit(5)'],
    ['an exception', 'throw new Error("boom")'],
    ['SIGKILL', 'process.kill(process.pid, "SIGKILL")'],
  ])('by %s, the kernel and its children go with it', async (_, ending) => {
    const script = join(folder, 'host.mjs');
    writeFileSync(
      script,
      `import { startKernel } from ${JSON.stringify(join(program, 'kernel.js'))};
import { tslabKernelspec } from ${JSON.stringify(join(program, '../tslab/kernelspec.js'))};
const spec = { ...tslabKernelspec(), argv: [process.execPath, '-e', ${JSON.stringify(childProgram)}] };
startKernel(spec, { cwd: ${JSON.stringify(folder)}, env: process.env }).catch(() => {});
process.stdin.once('data', () => { setImmediate(() => { ${ending} }); });
`,
    );
    const pids = join(folder, 'pids');
    rmSync(pids, { force: true });
    const temporary = join(folder, 'temporary files');
    mkdirSync(temporary, { recursive: true });
    const host = spawn(process.execPath, [script], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, TMPDIR: temporary },
    });
    await until(() => existsSync(pids));
    const started = readFileSync(pids, 'utf8').split(' ').map(Number);
    expect(started.map(isAlive)).toEqual([true, true, true]);
    expect(readdirSync(temporary)).toHaveLength(1);
    host.stdin.write('end');
    await new Promise((resolve) => host.once('exit', resolve));
    await until(() => !started.some(isAlive));
    // The connection file has the kernel's key.
    await until(() => readdirSync(temporary).length === 0);
  });

  test('what clears up runs no program of the working folder, also without a PATH', async () => {
    const working = join(folder, 'working');
    const temporary = join(folder, 'temporary files of another');
    mkdirSync(working);
    mkdirSync(temporary);
    for (const name of ['grep', 'sed', 'sleep', 'rm']) {
      writeFileSync(join(working, name), '#!/bin/sh\necho ran > ran\n', { mode: 0o755 });
    }
    const script = join(folder, 'ends.mjs');
    writeFileSync(
      script,
      `import { createConnectionFile } from ${JSON.stringify(join(program, 'connection-file.js'))};
await (await createConnectionFile()).remove();
await createConnectionFile();
process.kill(process.pid, 'SIGKILL');
`,
    );
    const host = spawn(process.execPath, [script], {
      cwd: working,
      stdio: 'ignore',
      env: { PATH: '', TMPDIR: temporary },
    });
    await new Promise((resolve) => host.once('exit', resolve));
    await until(() => readdirSync(temporary).length === 0 || existsSync(join(working, 'ran')));
    expect(existsSync(join(working, 'ran'))).toBe(false);
  });
});

/** A silent kernel with a child, which says the ids of both when they are there. */
const childProgram = `
const { spawn } = require('child_process');
const fs = require('fs');
const child = spawn('sleep', ['600']);
// On Linux also one that left its group and its session.
const far = spawn('sleep', ['600'], { detached: process.platform === 'linux' });
fs.writeFileSync('pids.new', process.pid + ' ' + child.pid + ' ' + far.pid);
fs.renameSync('pids.new', 'pids');
setInterval(() => {}, 1000);`;
