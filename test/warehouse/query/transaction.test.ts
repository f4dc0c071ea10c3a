import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlstate, sqlstateOf } from '../../../src/warehouse/query/sqlstate.js';
import { withTransaction } from '../../../src/warehouse/query/transaction.js';
import { queryRows } from '../../../src/warehouse/query/query-rows.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query('create table gold.note (text text primary key)');
});
afterAll(() => db.drop());

const notes = async () =>
  (await queryRows<{ text: string }>(db.owner, 'select text from gold.note order by text')).map(
    ({ text }) => text,
  );

describe('withTransaction', () => {
  it('commits what the work did and returns its result', async () => {
    const result = await withTransaction(db.owner, async (client) => {
      await client.query("insert into gold.note values ('kept')");
      return 42;
    });
    expect(result).toBe(42);
    expect(await notes()).toEqual(['kept']);
  });

  it('rolls back when the work throws, and throws the same error', async () => {
    const failure = new Error('no');
    await expect(
      withTransaction(db.owner, async (client) => {
        await client.query("insert into gold.note values ('lost')");
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(await notes()).toEqual(['kept']);
  });

  it('does not pass a rollback off as a commit when the work swallows an error', async () => {
    await expect(
      withTransaction(db.owner, async (client) => {
        await client.query("insert into gold.note values ('also lost')");
        await client.query("insert into gold.note values ('kept')").catch(() => undefined);
      }),
    ).rejects.toMatchObject({ code: 'TRANSACTION_LOST' });
    expect(await notes()).toEqual(['kept']);
  });

  it('keeps the SQLSTATE of a failed statement', async () => {
    const error: unknown = await withTransaction(db.owner, (client) =>
      client.query("insert into gold.note values ('kept')"),
    ).catch((caught: unknown) => caught);
    expect(sqlstateOf(error)).toBe(sqlstate.uniqueViolation);
  });

  it('replaces a connection that was lost in the middle', async () => {
    await expect(
      withTransaction(db.owner, async (client) => {
        await client.query('select pg_terminate_backend(pg_backend_pid())');
      }),
    ).rejects.toThrow();
    expect(await notes()).toEqual(['kept']);
  });
});
