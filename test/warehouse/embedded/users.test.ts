// @module-tag heavy
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findPostgresPackage } from '../../../src/warehouse/embedded/binaries.js';
import { findEmbeddedLocation } from '../../../src/warehouse/embedded/location.js';
import { runPostgresProgram } from '../../../src/warehouse/embedded/postgres-process.js';
import {
  embeddedStatus,
  startEmbedded,
  stopEmbedded,
} from '../../../src/warehouse/embedded/server.js';
import { daybookInProcess } from '../../commands/daybook-in-process.js';
import { root } from '../../database.js';
import {
  ask,
  asRoot,
  finish,
  makeHome,
  ordinaryUser,
  removeHome,
  startDaybook,
  startStarter,
  type TestUser,
} from '../home.js';

// Up to three initdb at once: a second each on an idle machine, a minute on a very busy one.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const start = (home: string) => startEmbedded(home, { durable: false });

function temporaryHome(owner?: TestUser): string {
  const home = makeHome('home', owner);
  onTestFinished(() => removeHome(home));
  return home;
}

/** As which user a server runs, by the owner of its process. */
const userOf = (pid: number): number => statSync(`/proc/${pid}`).uid;

it('runs as the ordinary user who starts it', async () => {
  const user = asRoot ? ordinaryUser() : undefined;
  const home = temporaryHome(user);
  const { stdout, stderr } = await finish(startStarter(home, user));
  expect(stderr).toBe('');
  expect(userOf(Number(stdout))).toBe(user?.uid ?? process.getuid?.());
});

describe('as root', () => {
  it('shares the server with the ordinary user who owns the folder', async (context) => {
    if (!asRoot) context.skip('does not run as root');
    const user = ordinaryUser();
    const home = temporaryHome(user);
    const { pid, ownerUrl } = await start(home);
    expect(userOf(pid)).toBe(user.uid);
    expect(await ask(ownerUrl, 'select 1')).toBe(1);
    const daybook = async (...args: string[]) =>
      (await finish(startDaybook(args, home, user))).stdout;
    expect(await daybook('db', 'start')).toMatch(new RegExp(`^running: process ${pid}, `));
    expect(await daybook('db', 'stop')).toBe(`stopped: process ${pid}\n`);
    const restarted = /^running: process (\d+), /.exec(await daybook('db', 'start'))?.[1];
    expect(embeddedStatus(home).server).toMatchObject({ state: 'ready', pid: Number(restarted) });
  });

  it('runs as nobody where root owns the folder', async (context) => {
    if (!asRoot) context.skip('does not run as root');
    const home = temporaryHome();
    const { pid, place } = await start(home);
    expect(place.elsewhere).toBeUndefined();
    expect(userOf(pid)).toBe(65534);
  });

  it('works from /var/lib/daybook where nobody cannot enter the home, and says so', async (context) => {
    if (!asRoot) context.skip('does not run as root');
    const home = temporaryHome();
    chmodSync(dirname(home), 0o700);
    onTestFinished(() => {
      rmSync(findEmbeddedLocation(home).folder, { recursive: true });
    });
    const { place, ownerUrl } = await start(home);
    expect(dirname(place.folder)).toBe('/var/lib/daybook');
    expect(await ask(ownerUrl, 'select 1')).toBe(1);
    // Every process comes to the same place, even when the folder could be entered by now.
    chmodSync(dirname(home), 0o755);
    expect(findEmbeddedLocation(home).folder).toBe(place.folder);
    const env = { PATH: process.env['PATH'], DAYBOOK_HOME: home };
    const { stdout } = await daybookInProcess(['db', 'status'], { cwd: root, env });
    expect(stdout).toContain(`folder    ${place.folder}\n`);
    expect(stdout).toContain('cannot enter');
    await stopEmbedded(home);
  });

  it('is not at the disposal of another ordinary user, who is told', async (context) => {
    if (!asRoot) context.skip('does not run as root');
    const home = temporaryHome();
    await start(home);
    for (const command of ['start', 'stop', 'status']) {
      const run = await finish(startDaybook(['db', command], home, ordinaryUser()));
      expect(run.code).toBe(1);
      expect(run.stderr).toContain('belongs to another user');
    }
    expect(embeddedStatus(home).server.state).toBe('ready');
  });

  it('gets by with a umask that closes new folders', async (context) => {
    if (!asRoot) context.skip('does not run as root');
    const home = join(temporaryHome(), 'not', 'yet', 'there');
    onTestFinished(() => void stopEmbedded(home));
    const { stdout, stderr } = await finish(startStarter(home, undefined, 0o077));
    expect(stderr).toBe('');
    const { place, server } = embeddedStatus(home);
    expect(server).toMatchObject({ state: 'ready', pid: Number(stdout) });
    expect(place.elsewhere).toBeUndefined();
    await stopEmbedded(home);
  });
});

it.each(['', 'below'])('says that the home cannot be written: %j', async (below) => {
  const folder = temporaryHome();
  chmodSync(folder, 0o555);
  const user = asRoot ? ordinaryUser() : undefined;
  const home = join(folder, below);
  for (const command of ['start', 'status']) {
    const { code, stderr } = await finish(startDaybook(['db', command], home, user));
    expect(code).toBe(2);
    expect(stderr).toContain(`DAYBOOK_HOME: ${home}`);
    expect(stderr).toContain('cannot be written by this user (EACCES)');
    expect(stderr).toContain('[CONFIG_INVALID]');
  }
});

it.each(['', 'below'])('says that the home is a file: %j', async (below) => {
  const file = join(temporaryHome(), 'file');
  writeFileSync(file, '');
  for (const command of [
    ['db', 'start'],
    ['query', 'select 1'],
    ['lab', '--prepare'],
  ]) {
    const env = { PATH: process.env['PATH'], DAYBOOK_HOME: join(file, below) };
    const { exitCode, stderr } = await daybookInProcess(command, { cwd: root, env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`cannot be a folder, because ${file} is a file`);
    expect(stderr).toContain('[CONFIG_INVALID]');
  }
});

it('says what to do on a platform without binaries', () => {
  for (const [platform, arch] of [
    ['linux', 'riscv64'],
    ['win32', 'x64'],
  ] as const) {
    expect(() => findPostgresPackage(platform, arch)).toThrow(
      expect.objectContaining({
        code: 'EMBEDDED_UNSUPPORTED',
        exitCode: 2,
        hint: expect.stringContaining('DATABASE_URL') as string,
      }) as Error,
    );
  }
});

it('says what to do on a system without the GNU C library', async () => {
  const binaries = temporaryHome();
  mkdirSync(join(binaries, 'bin'));
  const initdb = join(binaries, 'bin', 'initdb');
  // As there, the program is found and its loader is not.
  writeFileSync(initdb, '#!/nowhere/ld-linux.so\n');
  chmodSync(initdb, 0o755);
  await expect(runPostgresProgram('initdb', [], binaries, undefined)).rejects.toMatchObject({
    code: 'EMBEDDED_UNSUPPORTED',
    hint: expect.stringContaining('DATABASE_URL') as string,
  });
});
