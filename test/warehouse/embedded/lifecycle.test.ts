// @module-tag heavy
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  embeddedStatus,
  startEmbedded,
  stopEmbedded,
} from '../../../src/warehouse/embedded/server.js';
import { ask, finish, makeHome, removeHome, startDaybook } from '../home.js';

// Up to three initdb at once: a second each on an idle machine, a minute on a very busy one.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let home: string;
beforeAll(() => {
  home = makeHome("Annas Heft – café 日本 & 'mehr'");
});
afterAll(() => removeHome(home));

it('starts, stops and keeps data and port, on a path with blanks and other letters', async () => {
  expect(embeddedStatus(home)).toMatchObject({ initialised: false, server: { state: 'stopped' } });
  // With everything flushed to disk, as users have it; the other tests do without.
  const first = await startEmbedded(home);
  await ask(first.ownerUrl, 'create table note as select 1 as one');
  expect(embeddedStatus(home)).toMatchObject({
    initialised: true,
    server: { state: 'ready', pid: first.pid, port: first.port },
    urls: { ownerUrl: first.ownerUrl, readerUrl: first.readerUrl },
  });
  expect(await startEmbedded(home)).toEqual(first);

  expect(await stopEmbedded(home)).toBe(first.pid);
  expect(embeddedStatus(home)).toMatchObject({ initialised: true, server: { state: 'stopped' } });
  expect(await stopEmbedded(home)).toBeUndefined();

  const second = await startEmbedded(home);
  expect(second.pid).not.toBe(first.pid);
  expect(second.ownerUrl).toBe(first.ownerUrl);
  expect(await ask(second.ownerUrl, 'select one from note')).toBe(1);
});

it('says what Postgres says when it runs and lets nobody in', async () => {
  const { ownerUrl } = await startEmbedded(home);
  const elsewhere = ownerUrl.replace(/[^/]+$/, 'postgres');
  const database = ownerUrl.replace(/.*\//, '');
  await ask(elsewhere, `alter database ${database} allow_connections false`);
  try {
    await expect(startEmbedded(home, { timeoutMs: 200 })).rejects.toThrow(
      /ready for 0.2 s. It refuses connections: .*is not currently accepting connections/,
    );
  } finally {
    await ask(elsewhere, `alter database ${database} allow_connections true`);
  }
});

it('is UTF-8, UTC, ordered by code points, durable and only on this machine', async () => {
  const { ownerUrl } = await startEmbedded(home);
  const settings = {
    server_encoding: 'UTF8',
    TimeZone: 'UTC',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  };
  for (const [name, value] of Object.entries(settings)) {
    expect([name, await ask(ownerUrl, `show ${name}`)]).toEqual([name, value]);
  }
  const sorted = `select string_agg(x, '' order by x) from unnest('{ä,b,A,a,É,Z}'::text[]) x`;
  expect(await ask(ownerUrl, sorted)).toBe('AZabÉä');
  expect(await ask(ownerUrl, `select lower('ÉÄ')`)).toBe('éä');
});

it('runs parallel queries, whose processes share memory', async () => {
  const { ownerUrl } = await startEmbedded(home);
  const forced = `${ownerUrl}?options=${encodeURIComponent('-c debug_parallel_query=on')}`;
  expect(await ask(forced, 'select count(*) > 100 from pg_class')).toBe(true);
});

it('keeps the passwords for its user alone, and asks everybody for one', async () => {
  const { place, port } = await startEmbedded(home);
  expect(statSync(join(place.data, 'daybook-credentials.json')).mode & 0o777).toBe(0o600);
  expect(statSync(place.data).mode & 0o777).toBe(0o700);
  for (const role of ['daybook', 'daybook_reader']) {
    const url = `postgres://${role}:wrong@127.0.0.1:${port}/daybook`;
    await expect(ask(url, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  }
});

it('survives the process that started it, which ends at once', async () => {
  await stopEmbedded(home);
  // `finish` waits for the end of standard output: the server must not have inherited it.
  const daybook = (...args: string[]) => finish(startDaybook(args, home));
  expect(await daybook('db', 'start')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^running: process \d+, port \d+, /) as string,
  });
  expect(JSON.parse((await daybook('db', 'status', '--json')).stdout)).toMatchObject({
    kind: 'embedded',
    state: 'ready',
  });
  expect(await daybook('db', 'stop')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^stopped: process \d+\n$/) as string,
  });
  expect(await daybook('db', 'stop')).toMatchObject({ code: 0, stdout: 'not running\n' });
});

it('may be stopped and started at the same time', async () => {
  await Promise.all([
    stopEmbedded(home),
    startEmbedded(home),
    stopEmbedded(home),
    startEmbedded(home),
  ]);
  const { ownerUrl } = await startEmbedded(home);
  expect(await ask(ownerUrl, 'select 1')).toBe(1);
});

it('is started again when its folder was moved while it ran, and leaves the old place alone', async () => {
  const before = makeHome();
  const after = join(dirname(before), 'moved');
  onTestFinished(async () => {
    if (existsSync(after)) await stopEmbedded(after);
    await removeHome(before);
  });
  // Durable: what is committed must survive a server that cannot write its control file any more.
  const first = await startEmbedded(before);
  await ask(first.ownerUrl, 'create table note as select 1 as one');
  renameSync(before, after);
  expect(embeddedStatus(after).server).toEqual({
    state: 'moved',
    pid: first.pid,
    from: join(before, 'postgres', 'data'),
  });
  const other = await startEmbedded(before);
  const control = join(other.place.data, 'global', 'pg_control');
  await ask(other.ownerUrl, 'checkpoint');
  const controlOfOther = readFileSync(control);

  const [second, same] = await Promise.all([startEmbedded(after), startEmbedded(after)]);
  expect(same).toEqual(second);
  expect(second.pid).not.toBe(first.pid);
  // Time zones are read from the binaries, which the first server looks for at the old path.
  const zones = `select 'America/Toronto' in (select name from pg_timezone_names)`;
  expect(await ask(second.ownerUrl, zones)).toBe(true);
  expect(await ask(second.ownerUrl, 'select one from note')).toBe(1);
  expect(readFileSync(control).equals(controlOfOther)).toBe(true);
  expect(embeddedStatus(before).server).toMatchObject({ state: 'ready', pid: other.pid });
});

it('is left alone when its folder has a second name', async () => {
  const first = await startEmbedded(home);
  const link = `${home} again`;
  symlinkSync(home, link);
  onTestFinished(() => {
    rmSync(link);
  });
  expect((await startEmbedded(link)).pid).toBe(first.pid);
});

it('does not let its log grow without bound', async () => {
  await stopEmbedded(home);
  const { log } = embeddedStatus(home).place;
  const old = join(log, 'postgres-old.log');
  writeFileSync(old, 'from last week');
  const lastWeek = new Date(Date.now() - 7 * 86_400_000);
  utimesSync(old, lastWeek, lastWeek);
  await startEmbedded(home);
  expect(readdirSync(log)).not.toContain('postgres-old.log');
  // A file for each day of the week, and nothing else stays.
  for (const name of readdirSync(log)) expect(name).toMatch(/^postgres-\w{3}\.log$/);
});

describe('it says what is wrong', () => {
  function editFile(path: string, edit: (text: string) => string): void {
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, edit(before));
    onTestFinished(() => {
      writeFileSync(path, before);
    });
  }

  it('when the data is of another version of Postgres', async () => {
    await stopEmbedded(home);
    editFile(join(embeddedStatus(home).place.data, 'PG_VERSION'), () => '17\n');
    await expect(startEmbedded(home)).rejects.toThrow(/of Postgres 17; the installed one is 18/);
  });

  it('when Postgres refuses to start', async () => {
    await stopEmbedded(home);
    editFile(
      join(embeddedStatus(home).place.data, 'postgresql.conf'),
      (text) => `${text}\nshared_buffers = nonsense\n`,
    );
    await expect(startEmbedded(home)).rejects.toMatchObject({
      code: 'EMBEDDED_START_FAILED',
      message: expect.stringContaining('invalid value for parameter "shared_buffers"') as string,
    });
  });

  it('when somebody changed the password', async () => {
    const { ownerUrl, place } = await startEmbedded(home);
    editFile(join(place.data, 'daybook-credentials.json'), (text) =>
      text.replace(/"owner":"./, '"owner":"x'),
    );
    await expect(startEmbedded(home)).rejects.toThrow(/refuses the password in .*credentials/);
    expect(await ask(ownerUrl, 'select 1')).toBe(1);
  });

  it('when a shell would read the path in another way', async () => {
    const strange = makeHome('a "$HOME" b');
    onTestFinished(() => removeHome(strange));
    await expect(startEmbedded(strange)).rejects.toMatchObject({
      code: 'EMBEDDED_START_FAILED',
      hint: expect.stringContaining('DAYBOOK_HOME') as string,
    });
  });
});
