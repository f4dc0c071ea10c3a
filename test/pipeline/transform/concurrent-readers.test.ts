import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { build, modelOf } from './model-fixture.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const rowCount = 2000;

/** A table whose rows all carry the same version; `wide` has one column more. */
function versioned(name: string, version: number, wide = false) {
  return modelOf(
    `gold.${name}`,
    `columns: { version: { type: int }, n: { type: int }${wide ? ', extra: { type: int }' : ''} }\nindexes: [[n]]`,
    `select ${version} as version, n${wide ? ', n as extra' : ''} from generate_series(1, ${rowCount}) as n`,
  );
}

/** Reads until `done`; each answer must be one whole version, and versions never go back. */
async function readUntil(sql: string, done: AbortSignal): Promise<number> {
  let [reads, newest] = [0, 0];
  for (; !done.aborted; reads += 1) {
    const { rows } = await database.reader.query<{ count: number; oldest: number; newest: number }>(
      sql,
    );
    const [row] = rows;
    expect(row).toMatchObject({ count: rowCount, oldest: row?.newest });
    expect(row?.newest).toBeGreaterThanOrEqual(newest);
    newest = row?.newest ?? 0;
  }
  return reads;
}

test.each([
  ['the same columns', false],
  ['other columns each time', true],
])('readers never see a table missing or half-built, with %s', async (_, widens) => {
  const name = widens ? 'widening' : 'steady';
  await build(database.owner, await versioned(name, 0));
  await database.owner.query(
    `create view gold.${name}_view as select version, n from gold.${name}`,
  );
  const done = new AbortController();
  const sqlOf = (relation: string) =>
    `select count(*)::int as count, min(version) as oldest, max(version) as newest from gold.${relation}`;
  const reading = Promise.all(
    [name, name, `${name}_view`].map((relation) => readUntil(sqlOf(relation), done.signal)),
  );
  reading.catch(() => undefined); // A failure shows below, after the last build.
  try {
    for (let version = 1; version <= 25; version += 1) {
      const built = await build(
        database.owner,
        await versioned(name, version, widens && version % 2 === 1),
      );
      expect(built.published).toBe(true);
    }
  } finally {
    done.abort();
  }
  for (const count of await reading) expect(count).toBeGreaterThan(5);
});

test('a transaction with an older snapshot keeps reading the older rows, also by an exported snapshot', async () => {
  await build(database.owner, await versioned('stable', 1));
  const [holder, importer] = [new pg.Client(database.readerUrl), new pg.Client(database.readerUrl)];
  await holder.connect();
  await importer.connect();
  try {
    await holder.query('begin isolation level repeatable read');
    const { rows: exported } = await holder.query<{ id: string }>(
      'select pg_export_snapshot() as id',
    );
    // Neither has touched the table yet when it is published again.
    await build(database.owner, await versioned('stable', 2));
    await importer.query('begin isolation level repeatable read');
    await importer.query(`set transaction snapshot '${exported[0]?.id ?? ''}'`);
    const sql = 'select count(*)::int as count, min(version) as version from gold.stable';
    for (const client of [holder, importer]) {
      expect((await client.query(sql)).rows).toEqual([{ count: rowCount, version: 1 }]);
    }
    // They hold nothing up, and see the same again.
    await build(database.owner, await versioned('stable', 3));
    expect((await importer.query(sql)).rows).toEqual([{ count: rowCount, version: 1 }]);
    await holder.query('commit');
    expect((await holder.query(sql)).rows).toEqual([{ count: rowCount, version: 3 }]);
  } finally {
    await holder.end();
    await importer.end();
  }
});

test('new columns wait for an open reader without holding others up for long', async () => {
  await build(database.owner, await versioned('busy', 1));
  const reader = new pg.Client(database.readerUrl);
  await reader.connect();
  try {
    await reader.query('begin isolation level repeatable read');
    await reader.query('select from gold.busy limit 1');
    let finished = false;
    const building = build(database.owner, await versioned('busy', 2, true)).finally(() => {
      finished = true;
    });
    const waiting = `select from pg_locks where relation = 'gold.busy'::regclass and not granted`;
    await expect
      .poll(async () => (await database.owner.query(waiting)).rowCount, { timeout: 20_000 })
      .toBe(1);
    // Others read while it waits, because it gives way again and again.
    expect(
      (await database.reader.query('select max(version) as version from gold.busy')).rows,
    ).toEqual([{ version: 1 }]);
    expect(finished).toBe(false);
    await reader.query('commit');
    expect(await building).toMatchObject({ published: true });
  } finally {
    await reader.end();
  }
});
