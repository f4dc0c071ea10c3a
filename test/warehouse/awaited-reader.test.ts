import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { openAwaitedReader } from '../../src/warehouse/awaited-reader.js';
import { createTestDatabase, type TestDatabase } from '../database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The failure of a server that is to show this warehouse; undefined: it waits. */
async function refusal(change: (url: URL) => void): Promise<unknown> {
  const url = new URL(database.ownerUrl);
  change(url);
  const config = { ...database.config, databaseUrl: url.href, readerUrl: undefined };
  try {
    const { reader } = await openAwaitedReader(config, silentLogger);
    await reader.close();
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each(['sslrootcert', 'sslcert', 'sslkey'])(
  'who serves does not wait for a file that %s names and that is not there',
  async (parameter) => {
    const error = await refusal((url) => {
      url.searchParams.set('sslmode', 'verify-full');
      url.searchParams.set(parameter, '/nowhere/file');
    });
    expect(error).toMatchObject({
      code: 'WAREHOUSE_TLS',
      message: expect.stringContaining('/nowhere/file') as string,
    });
  },
);

test('nor for a password that nobody gave, or for one that is wrong', async () => {
  for (const password of ['', 'wrong']) {
    const error = await refusal((url) => {
      url.password = password;
    });
    expect(error).toMatchObject({ code: 'WAREHOUSE_ACCESS_DENIED' });
  }
  // A server waits a minute for a password; whoever drops a database waits for it.
  const unnamed = `select from pg_stat_activity where backend_type = 'client backend' and datname is null`;
  await expect.poll(() => database.rows(unnamed)).toEqual([]);
});

test('it waits for a server that is not there yet', async () => {
  expect(
    await refusal((url) => {
      url.port = '1';
    }),
  ).toBeUndefined();
});
