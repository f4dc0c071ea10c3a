import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/logger.js';
import { createPool } from '../../src/warehouse/connect/pool.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { cuttingProxy } from './cutting-proxy.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('a connection that is lost at any byte is an error for who asks, and never ends the process', async () => {
  const outcomes = new Set<string>();
  for (let bytes = 0; bytes < 2500; bytes += 50) {
    const proxy = await cuttingProxy(new URL(database.ownerUrl), bytes);
    const pool = createPool(proxy(database.ownerUrl), silentLogger);
    // An event that nobody hears would fail this file of tests.
    const client = await pool.connect().catch(() => undefined);
    const answer = await client?.query('select 1').catch(() => undefined);
    client?.release(true);
    outcomes.add(
      client === undefined ? 'no connection' : answer === undefined ? 'lost' : 'answered',
    );
    await pool.end();
  }
  expect([...outcomes]).toEqual(expect.arrayContaining(['no connection', 'answered']));
});
