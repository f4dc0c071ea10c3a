import fc from 'fast-check';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyIn, type CopyData } from '../../../src/pipeline/load/copy-in.js';
import { createTestDatabase, type TestDatabase } from '../../database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner.query('create table line (n bigserial, line text)');
});
afterAll(() => database.drop());

const statement = 'copy line (line) from stdin';

/** Runs with a connection in a transaction that leaves nothing. */
async function inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database.owner.connect();
  let isLost = false;
  const onError = (): void => {
    isLost = true;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    return await work(client);
  } finally {
    await client.query('rollback').catch(() => (isLost = true));
    client.off('error', onError);
    client.release(isLost);
  }
}

test('memory that was released may be used again, whatever the sizes', async () => {
  const size = fc.oneof(
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 10_000, max: 80_000 }),
    fc.constant(1_500_000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 12 }), async (sizes) => {
      const spares: Buffer[] = [];
      let released = 0;
      function* data(): Generator<CopyData> {
        for (const [index, length] of sizes.entries()) {
          const place = spares.findIndex((spare) => spare.length > length);
          const memory = place === -1 ? Buffer.alloc(length + 1) : spares.splice(place, 1)[0];
          const bytes = (memory ?? Buffer.alloc(0)).subarray(0, length + 1);
          bytes.fill(0x61 + (index % 26));
          bytes[length] = 0x0a;
          yield {
            bytes,
            release: () => {
              released += 1;
              bytes.fill(0x5c);
              spares.push(bytes);
            },
          };
        }
      }
      const rows = await inTransaction(async (client) => {
        await copyIn(client, statement, data());
        const found = await client.query<{ first: string; length: number; same: boolean }>(
          `select left(line, 1) as first, length(line) as length, line = repeat(left(line, 1), length(line)) as same
          from line order by n`,
        );
        return found.rows;
      });
      expect(rows).toEqual(
        sizes.map((length, index) => ({
          first: String.fromCharCode(0x61 + (index % 26)),
          length,
          same: true,
        })),
      );
      expect(released).toBe(sizes.length);
    }),
    { numRuns: 30 },
  );
});

test('what the server refuses is its error; the data are closed, the connection goes on', async () => {
  let closed = false;
  async function* data(): AsyncGenerator<CopyData> {
    try {
      // The refusal arrives at some time, and no more is asked for then.
      for (;;) {
        yield { bytes: Buffer.from('a\tb\n') };
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      closed = true;
    }
  }
  await inTransaction(async (client) => {
    await client.query('savepoint before');
    await expect(copyIn(client, statement, data())).rejects.toMatchObject({ code: '22P04' });
    expect(closed).toBe(true);
    await client.query('rollback to before');
    await copyIn(client, statement, [{ bytes: Buffer.from('good\n') }]);
    const { rows } = await client.query<object>('select line from line');
    expect(rows).toEqual([{ line: 'good' }]);
  });
});

test('a statement that cannot begin is an error, and the data are not asked for', async () => {
  const data = {
    [Symbol.iterator](): Iterator<CopyData> {
      throw new Error('asked for');
    },
  };
  await inTransaction(async (client) => {
    await expect(copyIn(client, 'copy nowhere from stdin', data)).rejects.toMatchObject({
      code: '42P01',
    });
  });
});

test('data that cannot be read take their rows back', async () => {
  const wrong = new Error('the file is gone');
  async function* data(): AsyncGenerator<CopyData> {
    yield { bytes: Buffer.from('half\n') };
    await Promise.resolve();
    throw wrong;
  }
  await inTransaction(async (client) => {
    await client.query('savepoint before');
    await expect(copyIn(client, statement, data())).rejects.toBe(wrong);
    await client.query('rollback to before');
    const { rows } = await client.query<object>('select count(*)::int as count from line');
    expect(rows).toEqual([{ count: 0 }]);
  });
});

test('a connection that is lost ends it', async () => {
  await inTransaction(async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    async function* data(): AsyncGenerator<CopyData> {
      yield { bytes: Buffer.from('half\n') };
      await database.owner.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      for (;;) {
        yield { bytes: Buffer.from('more\n') };
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await expect(copyIn(client, statement, data())).rejects.toThrow();
  });
});
