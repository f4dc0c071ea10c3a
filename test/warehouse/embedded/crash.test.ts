// @module-tag heavy
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../../src/warehouse/embedded/launch.js';
import { postmasterState } from '../../../src/warehouse/embedded/postmaster.js';
import {
  embeddedStatus,
  startEmbedded,
  stopEmbedded,
} from '../../../src/warehouse/embedded/server.js';
import { ask, finish, makeHome, removeHome, startStarter } from '../home.js';

// Up to three initdb at once: a second each on an idle machine, a minute on a very busy one.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

// What is tried here are processes that die, not disks: nothing needs to be flushed.
const start = (home: string) => startEmbedded(home, { durable: false });

let home: string;
beforeAll(async () => {
  home = makeHome();
  await start(home);
});
afterAll(() => removeHome(home));

const dataOf = (of: string): string => embeddedStatus(of).place.data;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

describe('several processes that start at once', () => {
  async function startThree(on: string): Promise<void> {
    const runs = await Promise.all([1, 2, 3].map(() => finish(startStarter(on))));
    const { server, urls } = embeddedStatus(on);
    expect(server.state).toBe('ready');
    for (const run of runs) {
      expect(run).toEqual({
        code: 0,
        stderr: '',
        stdout: `${'pid' in server ? server.pid : ''}\n`,
      });
    }
    expect(await ask(urls!.ownerUrl, 'select 1')).toBe(1);
    expect(await ask(urls!.readerUrl, 'select 1')).toBe(1);
  }

  it('on a new home end up with one server and leave nothing else', async () => {
    const fresh = makeHome();
    onTestFinished(() => removeHome(fresh));
    await startThree(fresh);
    expect(readdirSync(join(fresh, 'postgres')).sort()).toEqual([
      'data',
      'log',
      expect.stringMatching(/^postgresql-18[^/]*\d$/),
    ]);
  });

  it('on a stopped server end up with one', async () => {
    await stopEmbedded(home);
    await startThree(home);
  });

  it('right after a kill -9 of the server end up with one', async () => {
    process.kill((await start(home)).pid, 'SIGKILL');
    await startThree(home);
  });
});

describe('after a kill -9', () => {
  it('of the server at work, the next start has all that was committed and no more', async () => {
    await stopEmbedded(home);
    const { pid, ownerUrl } = await startEmbedded(home);
    await ask(ownerUrl, 'create table note as select 7 as number');
    const client = new pg.Client({ connectionString: ownerUrl });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin; insert into note values (8)');
    const sleeping = client.query('select pg_sleep(60)').catch(() => undefined);
    process.kill(pid, 'SIGKILL');
    // At once, while its other processes are still there.
    const next = await start(home);
    await sleeping;
    expect(next.pid).not.toBe(pid);
    expect(await ask(next.ownerUrl, 'select array_agg(number) from note')).toEqual([7]);
  });

  it.each<[string, (fresh: string) => boolean]>([
    ['it has begun', () => true],
    ['it copies the binaries', (fresh) => existsSync(join(fresh, 'postgres'))],
    ['initdb runs', (fresh) => filesIn(join(fresh, 'postgres')).some(isUnfinishedData)],
    ['the data is complete', (fresh) => existsSync(join(fresh, 'postgres', 'data'))],
    [
      'the server begins',
      (fresh) => filesIn(join(fresh, 'postgres', 'log')).some((name) => name.startsWith('start-')),
    ],
    [
      'the server has its lock file',
      (fresh) => existsSync(join(fresh, 'postgres', 'data', 'postmaster.pid')),
    ],
  ])('of the starter when %s, the next start is right', async (_, reached) => {
    const fresh = makeHome();
    onTestFinished(() => removeHome(fresh));
    const starter = startStarter(fresh);
    const ended = once(starter, 'exit');
    // On a busy machine the moment may pass unseen; then there is nothing to kill.
    await until(() => reached(fresh) || starter.exitCode !== null);
    starter.kill('SIGKILL');
    await ended;
    const { ownerUrl, readerUrl } = await start(fresh);
    expect(await ask(ownerUrl, 'select 1')).toBe(1);
    expect(await ask(readerUrl, 'select 1')).toBe(1);
  });

  const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const isUnfinishedData = (name: string): boolean => /^data\.new-[0-9a-f]+$/.test(name);

  it('what killed starters and other versions left is removed by a later start', async () => {
    await stopEmbedded(home);
    const [old, young] = [`${dataOf(home)}.new-0123abcd`, `${dataOf(home)}.new-4567abcd`];
    const otherVersion = join(home, 'postgres', 'postgresql-17.9.9');
    for (const folder of [old, young, otherVersion]) mkdirSync(folder);
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(old, hourAgo, hourAgo);
    await start(home);
    expect(existsSync(old)).toBe(false);
    expect(existsSync(otherVersion)).toBe(false);
    // A young one may be somebody's who is at it.
    expect(existsSync(young)).toBe(true);
  });
});

describe('a stale postmaster.pid', () => {
  /** Stops the server and puts its lock file back with another process number. */
  async function leaveLockFile(pid: number | undefined): Promise<void> {
    await start(home);
    const data = dataOf(home);
    const file = join(data, 'postmaster.pid');
    const lines = readFileSync(file, 'utf8').split('\n');
    await stopEmbedded(home);
    writeFileSync(file, pid === undefined ? '' : [pid, ...lines.slice(1)].join('\n'));
    const { uid, gid } = statSync(data);
    chownSync(file, uid, gid);
  }

  it('of a process that is gone does not disturb', async () => {
    const gone = spawn('true');
    await once(gone, 'exit');
    await leaveLockFile(gone.pid);
    expect(postmasterState(dataOf(home))).toEqual({ state: 'stopped' });
    expect(await stopEmbedded(home)).toBeUndefined();
    expect((await start(home)).pid).not.toBe(gone.pid);
  });

  it.each(['/', 'the data folder itself'])(
    'whose number a program has by now that works in %s does not disturb, nor is that harmed',
    async (folder) => {
      const data = dataOf(home);
      const { uid, gid } = statSync(data);
      // The same user as the server's: Postgres alone would take it for its own and refuse.
      const cwd = folder === '/' ? folder : data;
      const stranger = spawn('sleep', ['600'], { cwd, uid, gid });
      onTestFinished(() => void stranger.kill());
      await once(stranger, 'spawn');
      await leaveLockFile(stranger.pid);
      expect(postmasterState(data)).toEqual({ state: 'stopped' });
      expect(await stopEmbedded(home)).toBeUndefined();
      expect((await start(home)).pid).not.toBe(stranger.pid);
      expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    },
  );

  it('that names the server of another folder does not disturb that server', async () => {
    const otherHome = makeHome();
    onTestFinished(() => removeHome(otherHome));
    const other = await start(otherHome);
    await leaveLockFile(other.pid);
    expect((await start(home)).pid).not.toBe(other.pid);
    await stopEmbedded(home);
    expect(await ask(other.ownerUrl, 'select 1')).toBe(1);
  });

  it('that is empty, as after a power failure, does not disturb', async () => {
    await leaveLockFile(undefined);
    expect((await start(home)).pid).toBeGreaterThan(0);
  });
});

describe('a port', () => {
  async function listen(port: number): Promise<number> {
    const stranger = createServer();
    stranger.listen(port, '127.0.0.1');
    await once(stranger, 'listening');
    onTestFinished(() => void stranger.close());
    return (stranger.address() as AddressInfo).port;
  }

  it('that somebody else has taken while the server was stopped is left to them', async () => {
    const { port } = await start(home);
    await stopEmbedded(home);
    await listen(port);
    expect((await start(home)).port).not.toBe(port);
  });

  it('that is taken between choosing and starting is given up for another', async () => {
    await stopEmbedded(home);
    const taken = await listen(0);
    const picked: number[] = [];
    const server = await startEmbedded(home, {
      durable: false,
      pickPort: async () => {
        picked.push(picked.length === 0 ? taken : await freePort(0));
        return picked.at(-1)!;
      },
    });
    expect(picked).toEqual([taken, server.port]);
  });
});
