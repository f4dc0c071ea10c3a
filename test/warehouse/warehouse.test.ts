// @module-tag heavy
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
} from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { describeError } from '../../src/errors.js';
import { createLogger } from '../../src/logger.js';
import { describeConnectionError } from '../../src/warehouse/connect/connection-error.js';
import { startEmbedded, stopEmbedded } from '../../src/warehouse/embedded/server.js';
import { queryRows } from '../../src/warehouse/query/query-rows.js';
import { checkServer } from '../../src/warehouse/connect/server-facts.js';
import { openReader, openWarehouse } from '../../src/warehouse/warehouse.js';
import { root } from '../database.js';
import { ask, makeHome, removeHome } from './home.js';

// A Postgres of this file's own stands for one that DATABASE_URL points to: its roles are changed.
let home: string;
let adminUrl: string;
let dataFolder: string;
const password = 'geheim%zwei';
beforeAll(async () => {
  home = makeHome();
  const server = await startEmbedded(home, { durable: false });
  adminUrl = server.ownerUrl;
  dataFolder = server.place.data;
});
afterAll(() => removeHome(home));

let database: string;
let number = 0;
/** A server without roles of Daybook's, and on it a new database of an owner who is no superuser. */
async function makeDatabase(): Promise<void> {
  number += 1;
  database = `external_${number}`;
  await ask(adminUrl, 'drop owned by daybook_reader').catch(() => undefined);
  await ask(adminUrl, 'drop role if exists daybook_reader');
  await ask(adminUrl, `create role owner_${number} login password '${password}'`);
  await ask(adminUrl, `create database ${database} owner owner_${number}`);
}

async function dropDatabase(): Promise<void> {
  await ask(adminUrl, `drop database ${database} with (force)`);
  await ask(adminUrl, `drop role owner_${number}`);
}

function urlOf(user: string, secret = password): string {
  const url = new URL(adminUrl);
  url.username = user;
  url.password = encodeURIComponent(secret);
  url.pathname = `/${database}`;
  return url.href;
}

const ownerUrl = () => urlOf(`owner_${number}`);

function configOf(environment: Record<string, string>) {
  return parseConfig({ DAYBOOK_HOME: home, ...environment }, root);
}

/** Opens the warehouse, closes it when the test ends; with the warnings that were given. */
async function open(environment: Record<string, string>) {
  const warnings: string[] = [];
  const logger = createLogger({ write: (line) => warnings.push(line), level: 'warn' });
  const warehouse = await openWarehouse(configOf(environment), { logger });
  onTestFinished(() => warehouse.close());
  return { ...warehouse, warnings };
}

const whoReads = `select current_user as role, current_setting('transaction_read_only') as read_only`;

describe('a Postgres of DATABASE_URL', () => {
  beforeEach(makeDatabase);
  afterEach(dropDatabase);

  it('gets the reader role when its owner may create roles, and is read in that role', async () => {
    await ask(adminUrl, `alter role owner_${number} createrole`);
    const { owner, reader, readerUrl, warnings } = await open({ DATABASE_URL: ownerUrl() });
    expect(warnings).toEqual([]);
    expect(await queryRows(reader, whoReads)).toEqual([
      { role: 'daybook_reader', read_only: 'on' },
    ]);
    expect(await ask(readerUrl, 'select current_user')).toBe('daybook_reader');
    await owner.query('create table gold.answer as select 42 as value');
    expect(await queryRows(reader, 'select * from gold.answer')).toEqual([{ value: 42 }]);
    await expect(reader.query('delete from gold.answer')).rejects.toMatchObject({ code: '25006' });

    const again = await openReader(configOf({ DATABASE_URL: ownerUrl() }));
    onTestFinished(() => again.close());
    expect(await queryRows(again.pool, 'select * from gold.answer')).toEqual([{ value: 42 }]);
  });

  it('is read as its owner, read-only, when that may not create roles; says what to run', async () => {
    const { reader, owner, warnings } = await open({ DATABASE_URL: ownerUrl() });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(
      `create role daybook_reader; grant daybook_reader to owner_${number};`,
    );
    expect(await queryRows(reader, whoReads)).toEqual([
      { role: `owner_${number}`, read_only: 'on' },
    ]);
    await owner.query('create table gold.answer as select 42 as value');
    await expect(reader.query('delete from gold.answer')).rejects.toMatchObject({ code: '25006' });

    // What the warning says is enough, for tables that are there and for those to come.
    await ask(adminUrl, 'create role daybook_reader');
    await ask(adminUrl, `grant daybook_reader to owner_${number}`);
    const second = await open({ DATABASE_URL: ownerUrl() });
    expect(second.warnings).toEqual([]);
    await second.owner.query('create table gold.later as select 43 as value');
    expect(
      await queryRows(
        second.reader,
        'select current_user as role, a.value as a, b.value as b from gold.answer a, gold.later b',
      ),
    ).toEqual([{ role: 'daybook_reader', a: 42, b: 43 }]);
  });

  it('is read as its owner when the role is there but not for it to take on', async () => {
    await ask(adminUrl, 'create role daybook_reader');
    const { reader, warnings } = await open({ DATABASE_URL: ownerUrl() });
    expect(warnings[0]).toContain(`can run: grant daybook_reader to owner_${number};`);
    expect(await queryRows(reader, whoReads)).toEqual([
      { role: `owner_${number}`, read_only: 'on' },
    ]);
  });

  it('is read by DAYBOOK_READER_URL when that is set, whatever the name of its role', async () => {
    await ask(adminUrl, `create role "Ina's reader" login password 'other'`);
    onTestFinished(async () => {
      await ask(adminUrl, `drop role "Ina's reader"`);
    });
    const { reader, readerUrl, warnings, owner } = await open({
      DATABASE_URL: ownerUrl(),
      DAYBOOK_READER_URL: urlOf("Ina's reader", 'other'),
    });
    expect(warnings).toEqual([]);
    expect(await queryRows(reader, whoReads)).toEqual([{ role: "Ina's reader", read_only: 'on' }]);
    await owner.query('create table gold.answer as select 42 as value');
    expect(await queryRows(reader, 'select * from gold.answer')).toEqual([{ value: 42 }]);
    expect(await ask(readerUrl, 'show statement_timeout')).toBe('1min');
    // No role of Daybook's was needed.
    expect(await ask(adminUrl, `select to_regrole('daybook_reader')`)).toBeNull();
  });

  it('may be opened by several for the first time at once', async () => {
    await ask(adminUrl, `alter role owner_${number} createrole`);
    const warehouses = await Promise.all(
      [1, 2, 3, 4].map(() => open({ DATABASE_URL: ownerUrl() })),
    );
    for (const { reader, warnings } of warehouses) {
      expect(warnings).toEqual([]);
      expect(await queryRows(reader, 'select name from ops.migration where number = 1')).toEqual([
        { name: '000001_schemas.sql' },
      ]);
    }
  });

  it("keeps the URL's own options", async () => {
    const url = `${ownerUrl()}?application_name=mine&options=${encodeURIComponent('-c work_mem=7MB')}`;
    const { owner } = await open({ DATABASE_URL: url });
    const [row] = await queryRows(
      owner,
      `select current_setting('work_mem') as memory, current_setting('application_name') as name,
              current_setting('TimeZone') as zone`,
    );
    expect(row).toEqual({ memory: '7MB', name: 'mine', zone: 'UTC' });
  });

  it('works the same whatever the database has for defaults', async () => {
    for (const setting of [
      "default_transaction_isolation = 'serializable'",
      'extra_float_digits = 0',
      'standard_conforming_strings = off',
      "DateStyle = 'German'",
      "bytea_output = 'escape'",
    ]) {
      await ask(adminUrl, `alter database ${database} set ${setting}`);
    }
    // Of those who wait for a migration each must see that it was applied.
    const [first] = await Promise.all([1, 2, 3, 4].map(() => open({ DATABASE_URL: ownerUrl() })));
    expect(
      await queryRows(
        first!.owner,
        String.raw`select 0.1::float8 + 0.2 as sum, '\d' as text, date '2019-03-01' as day, '\x0041'::bytea as bytes`,
      ),
    ).toEqual([
      { sum: 0.1 + 0.2, text: String.raw`\d`, day: '2019-03-01', bytes: Buffer.from('\0A') },
    ]);
  });
});

describe('a warehouse that cannot be opened', () => {
  beforeAll(makeDatabase);
  afterAll(dropDatabase);

  /** The error of opening it, whose text never shows the password. */
  async function failure(url: string): Promise<unknown> {
    const error: unknown = await openWarehouse(configOf({ DATABASE_URL: url })).catch(
      (caught: unknown) => caught,
    );
    const text = describeError(error, { stack: true });
    for (const secret of ['geheim', 'anderes']) expect(text).not.toContain(secret);
    return error;
  }

  it('because the password is wrong', async () => {
    expect(await failure(urlOf(`owner_${number}`, 'anderes'))).toMatchObject({
      code: 'WAREHOUSE_ACCESS_DENIED',
      message: expect.stringContaining(`owner_${number}@127.0.0.1`) as string,
    });
  });

  it('because there is no such database', async () => {
    const url = ownerUrl().replace(database, 'nowhere');
    expect(await failure(url)).toMatchObject({
      code: 'WAREHOUSE_DATABASE_MISSING',
      hint: expect.stringContaining('create database "nowhere"') as string,
    });
  });

  it('because nobody listens', async () => {
    const closed = createServer();
    const port = await listen(closed);
    closed.close();
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await failure(`postgres://me:geheim@${host}:${port}/x`)).toMatchObject({
        code: 'WAREHOUSE_UNAVAILABLE',
        message: expect.stringContaining(
          `${host}:${port} cannot be reached (ECONNREFUSED)`,
        ) as string,
      });
    }
  });

  it('because there is no such host', async () => {
    expect(await failure('postgres://me:geheim@nowhere.invalid/x')).toMatchObject({
      code: 'WAREHOUSE_UNAVAILABLE',
    });
  });

  it('because what listens is no Postgres', async () => {
    const stranger = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const port = await listen(stranger);
    onTestFinished(() => void stranger.close());
    expect(await failure(`postgres://me:geheim@127.0.0.1:${port}/x`)).toMatchObject({
      code: 'WAREHOUSE_UNAVAILABLE',
    });
  });

  it('because its database cannot hold every text', async () => {
    await ask(
      adminUrl,
      `create database latin encoding 'LATIN1' locale_provider libc locale 'C' template template0`,
    );
    onTestFinished(async () => {
      await ask(adminUrl, 'drop database latin with (force)');
    });
    const url = new URL(adminUrl);
    url.pathname = '/latin';
    expect(await failure(url.href)).toMatchObject({
      code: 'WAREHOUSE_UNSUPPORTED',
      message: expect.stringContaining('"latin" at 127.0.0.1') as string,
    });
  });

  // No old server is at hand: DAYBOOK_TEST_POSTGRES tries whole versions.
  it.each([
    ['9.6.24', 90_624],
    ['13.23 (Debian 13.23-1)', 130_023],
  ])('because it is Postgres %s', (version, serverNumber) => {
    const facts = { version, number: serverNumber, encoding: 'UTF8' };
    expect(() => {
      checkServer(facts, ownerUrl());
    }).toThrow(
      expect.objectContaining({
        code: 'WAREHOUSE_UNSUPPORTED',
        message: expect.stringContaining(`is Postgres ${version}; `) as string,
      }),
    );
    expect(() => {
      checkServer({ ...facts, number: 140_000 }, ownerUrl());
    }).not.toThrow();
  });

  it('because the server has no TLS', async () => {
    expect(await failure(`${ownerUrl()}?sslmode=verify-full`)).toMatchObject({
      code: 'WAREHOUSE_TLS',
      hint: expect.stringContaining('sslmode') as string,
    });
  });

  // Waiting mends neither: `serve` ends at once.
  it('because there is no password', async () => {
    const url = new URL(ownerUrl());
    url.password = '';
    expect(await failure(url.href)).toMatchObject({
      code: 'WAREHOUSE_ACCESS_DENIED',
      hint: expect.stringContaining('PGPASSWORD') as string,
    });
  });

  it('because a certificate that the URL names is not there', async () => {
    const missing = '/nowhere/root.crt';
    const url = `${ownerUrl()}?sslmode=verify-full&sslrootcert=${missing}`;
    expect(await failure(url)).toMatchObject({
      code: 'WAREHOUSE_TLS',
      message: expect.stringContaining(missing) as string,
    });
  });

  it('because the server wants TLS', async () => {
    const file = join(dataFolder, 'pg_hba.conf');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, `hostnossl ${database} owner_${number} 127.0.0.1/32 reject\n${before}`);
    await ask(adminUrl, 'select pg_reload_conf()');
    onTestFinished(async () => {
      writeFileSync(file, before);
      await ask(adminUrl, 'select pg_reload_conf()');
    });
    // The server reads its file a moment after it was told to.
    for (;;) {
      const error = await failure(ownerUrl());
      if (error instanceof Error && 'code' in error && error.code === 'WAREHOUSE_ACCESS_DENIED') {
        expect(error).toMatchObject({
          hint: expect.stringContaining('?sslmode=verify-full') as string,
        });
        break;
      }
    }
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    "because the server's certificate is not trusted: %s",
    (code) => {
      const error = Object.assign(new Error('certificate'), { code });
      expect(describeConnectionError(error, ownerUrl())).toMatchObject({ code: 'WAREHOUSE_TLS' });
    },
  );

  async function listen(server: Server): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }
});

describe('without DATABASE_URL', () => {
  let ownHome: string;
  beforeAll(() => {
    ownHome = makeHome();
  });
  afterAll(() => removeHome(ownHome));

  it('a reader starts the embedded Postgres, before there is anything to read', async () => {
    const reader = await openReader(configOf({ DAYBOOK_HOME: ownHome }));
    onTestFinished(() => reader.close());
    expect(await queryRows(reader.pool, whoReads)).toEqual([
      { role: 'daybook_reader', read_only: 'on' },
    ]);
  });

  it('owner and reader have passwords of their own', async () => {
    const { owner, reader, ownerUrl: url, readerUrl } = await open({ DAYBOOK_HOME: ownHome });
    expect(await queryRows(owner, 'select current_user as role')).toEqual([{ role: 'daybook' }]);
    expect(await queryRows(reader, whoReads)).toEqual([
      { role: 'daybook_reader', read_only: 'on' },
    ]);
    expect(new URL(url).password).not.toBe(new URL(readerUrl).password);
    // Not even a temporary table, although everybody may make those by default.
    const client = await reader.connect();
    onTestFinished(() => {
      client.release(true);
    });
    await client.query('set default_transaction_read_only = off');
    await expect(client.query('create temporary table mine (a int)')).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('an open pool outlives a restart of the server', async () => {
    const { reader } = await open({ DAYBOOK_HOME: ownHome });
    await stopEmbedded(ownHome);
    await expect(queryRows(reader, 'select 1')).rejects.toThrow();
    await startEmbedded(ownHome);
    expect(await queryRows(reader, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
