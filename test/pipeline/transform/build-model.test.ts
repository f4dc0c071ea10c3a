import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../database.js';
import { build, modelOf } from './model-fixture.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('a table model', () => {
  test('is published with its comments and indexes, and the reader may read it', async () => {
    const header = `columns:
  id: { type: bigint, description: "It's the key", tests: [not_null, unique] }
  name: { type: text }
indexes: [[id], [name, id]]`;
    const model = await modelOf(
      'gold.made',
      header,
      "select 1::bigint as id, 'a' as name;\n-- end",
    );
    expect(await build(database.owner, model)).toMatchObject({ published: true, rows: 1 });
    expect((await database.reader.query('select * from gold.made')).rows).toEqual([
      { id: 1n, name: 'a' },
    ]);
    expect(
      await database.rows(
        `select obj_description('gold.made'::regclass) as made, col_description('gold.made'::regclass, 1) as id, col_description('gold.made'::regclass, 2) as name`,
      ),
    ).toEqual([{ made: 'gold.made', id: "It's the key", name: null }]);
    const indexes = `select indexname, indexdef from pg_indexes where tablename = 'made' order by 1`;
    expect(await database.rows(indexes)).toEqual([
      {
        indexname: 'made_id_idx',
        indexdef: 'CREATE INDEX made_id_idx ON gold.made USING btree (id)',
      },
      {
        indexname: 'made_name_id_idx',
        indexdef: 'CREATE INDEX made_name_id_idx ON gold.made USING btree (name, id)',
      },
    ]);
    // An index that the header no longer declares goes, one that somebody made stays.
    await database.owner.query('create index by_hand on gold.made (name)');
    const other = await modelOf(
      'gold.made',
      header.replace('[[id], [name, id]]', '[[name]]').replace("It's the key", 'The key'),
      model.query.sql,
    );
    expect(await build(database.owner, other)).toMatchObject({ published: false });
    expect(
      await database.rows(`select indexname from pg_indexes where tablename = 'made' order by 1`),
    ).toEqual([{ indexname: 'by_hand' }, { indexname: 'made_name_idx' }]);
    expect(await database.rows(`select col_description('gold.made'::regclass, 1) as id`)).toEqual([
      { id: 'The key' },
    ]);
  });

  test.each([
    ['nothing', 'int', '1, 2', '2, 1', false],
    ['how often a row is there', 'int', '1, 1, 2', '1, 2, 2', true],
    ['the number of rows', 'int', '1, 1', '1', true],
    ['the scale of a number', 'numeric', '1.0', '1.00', true],
    ['null and the empty text', 'text', "''", 'null', true],
    ['a type that has no equality', 'json', `'{"a":1}'`, `'{"a": 1}'`, true],
    ['no row at all', 'int', 'null limit 0', 'null limit 0', false],
  ])('is published again if what changed is %s', async (name, type, before, after, published) => {
    const of = (values: string) => {
      const [list = '', limit = ''] = values.split(' limit');
      const select = list
        .split(', ')
        .map((value) => `select ${value}::${type} as n`)
        .join(' union all ');
      return modelOf(
        'gold.again',
        `columns: { n: { type: ${type} } }`,
        limit === '' ? select : `${select} limit 0`,
      );
    };
    await database.owner.query('drop table if exists gold.again');
    await build(database.owner, await of(before));
    const version = `select oid::int, (select string_agg(xmin::text, ',') from gold.again) as xmin from pg_class where oid = 'gold.again'::regclass`;
    const [old] = await database.rows(version);
    expect(await build(database.owner, await of(after)), name).toMatchObject({ published });
    const [now] = await database.rows(version);
    // The table is the same one either way; untouched rows keep their transaction.
    expect(now).toMatchObject({ oid: (old as { oid: number }).oid });
    if (!published) expect(now).toEqual(old);
  });

  test('a header that does not fit the query is an error that names every difference', async () => {
    const header = `columns:
  a: { type: int }
  b: { type: text }
  gone: { type: int }`;
    const model = await modelOf(
      'gold.misfit',
      header,
      "select 1::bigint as a, 2 as extra, 'x'::text as b",
    );
    await expect(build(database.owner, model)).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      where: 'sql/gold/misfit.sql',
      message:
        'the header does not fit: column a is declared as integer but is bigint; column gone is declared but not selected; column extra (integer) is selected but not declared',
    });
    const order = await modelOf(
      'gold.misfit',
      'columns: { a: { type: int }, b: { type: int } }',
      'select 1 as b, 2 as a',
    );
    await expect(build(database.owner, order)).rejects.toThrow(
      'the columns are selected in another order: b, a',
    );
    const type = await modelOf(
      'gold.misfit',
      'columns: { a: { type: nonsense } }',
      'select 1 as a',
    );
    await expect(build(database.owner, type)).rejects.toThrow(
      'the header names a type that Postgres does not know',
    );
    const modifier = await modelOf(
      'gold.misfit',
      "columns: { a: { type: 'numeric(10,2)' } }",
      'select 1::numeric(10,3) as a',
    );
    await expect(build(database.owner, modifier)).rejects.toThrow(
      'column a is declared as numeric(10,2) but is numeric(10,3)',
    );
    expect(await database.rows(`select to_regclass('gold.misfit') as found`)).toEqual([
      { found: null },
    ]);
  });

  test('what Postgres refuses is named with its place in the file', async () => {
    const model = await modelOf(
      'gold.wrong',
      'columns: { n: { type: int } }',
      "select 'é😀' as x,\n  '😀' as y, nonsense as n\nfrom bronze.log_event",
    );
    await expect(build(database.owner, model)).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      // Columns are counted as editors do, where this emoji is two.
      where: 'sql/gold/wrong.sql:6:14',
      cause: { code: '42703' },
    });
    const missing = await modelOf(
      'gold.wrong',
      'columns: { n: { type: int } }',
      'select n from silver.nowhere',
    );
    await expect(build(database.owner, missing)).rejects.toMatchObject({
      where: 'sql/gold/wrong.sql:5:15',
      hint: expect.stringContaining('--select +gold.wrong'),
    });
    const late = await modelOf(
      'gold.wrong',
      'columns: { n: { type: int } }',
      'select 1 / (select 0) as n',
    );
    await expect(build(database.owner, late)).rejects.toMatchObject({
      where: 'sql/gold/wrong.sql',
      cause: { code: '22012' },
    });
  });

  test('is stopped in the middle of a long query', async () => {
    const model = await modelOf(
      'gold.slow',
      'columns: { n: { type: int } }',
      'select 1 as n from pg_sleep(100)',
    );
    const controller = new AbortController();
    const reason = new Error('stopped');
    const building = build(database.owner, model, { signal: controller.signal });
    await expect
      .poll(
        () =>
          database.rows(
            `select 1 from pg_stat_activity where query like '%pg_sleep(100)%' and wait_event = 'PgSleep'`,
          ),
        { timeout: 20_000 },
      )
      .toHaveLength(1);
    controller.abort(reason);
    await expect(building).rejects.toBe(reason);
  });
});

describe('tests of a model', () => {
  const header = `columns:
  n: { type: int, tests: [not_null, unique, { accepted_values: [1, 2] }] }
  t: { type: text, tests: [{ accepted_values: ["it's", b] }] }
tests:
  - name: small
    sql: select gold.checked.n, other.n as base from gold.checked join gold.base as other on true where gold.checked.n > other.n`;

  test.each([
    ['- { row_count: { min: 5 } }', 'row_count(5 to any) (3 rows)', 2],
    ['- { row_count: { max: 1 } }', 'row_count(0 to 1) (3 rows)', 2],
    [
      '- { freshness: { column: at, within: 1 hour } }',
      'freshness(at, 1 hour) (newest: 2019-01-02 00:00:00+00)',
      3,
    ],
  ])('count what is wrong, not rows of their query: %s', async (tests, message, count) => {
    const counted = await modelOf(
      'gold.counted',
      `columns: { at: { type: timestamptz } }\ntests:\n  ${tests}`,
      "select at::timestamptz as at from unnest(array['2019-01-01Z', '2019-01-02Z', null]) as at",
    );
    await expect(build(database.owner, counted)).rejects.toMatchObject({
      message: `failed: ${message}`,
      failures: [expect.objectContaining({ count })],
    });
  });

  test('name the commonest values, and columns called rows are no trouble', async () => {
    const values = await modelOf(
      'gold.valued',
      'columns: { rows: { type: text, tests: [unique, { accepted_values: [a] }] } }',
      "select rows from unnest(array['a', 'b', 'c', 'c', 'd', 'e', 'e', 'e']) as rows",
    );
    await expect(build(database.owner, values)).rejects.toMatchObject({
      message:
        'failed: unique(rows) (5 rows: "e" ×3, "c" ×2), accepted_values(rows) (7 rows: "e" ×3, "c" ×2, "b", …)',
    });
  });

  test('run on the candidate before it is published, and what was published stays', async () => {
    await build(
      database.owner,
      await modelOf('gold.base', 'columns: { n: { type: int } }', 'select 2 as n'),
    );
    const good = await modelOf('gold.checked', header, "select 1 as n, 'it''s' as t");
    expect(
      (await build(database.owner, good)).tests.map(({ test, count }) => [test, count]),
    ).toEqual([
      ['not_null(n)', 0],
      ['unique(n)', 0],
      ['accepted_values(n)', 0],
      ['accepted_values(t)', 0],
      ['small', 0],
    ]);
    const bad = await modelOf(
      'gold.checked',
      header,
      "select n, 'c' as t from unnest(array[1, 3, 3, null]) as n",
    );
    await expect(build(database.owner, bad)).rejects.toMatchObject({
      code: 'TEST_FAILED',
      where: 'sql/gold/checked.sql',
      message:
        'failed: not_null(n) (1 row), unique(n) (2 rows: 3 ×2), accepted_values(n) (2 rows: 3 ×2), accepted_values(t) (4 rows: "c" ×4), small (2 rows)',
      failures: expect.arrayContaining([
        expect.objectContaining({ test: 'not_null(n)', count: 1, rows: [{ n: null, t: 'c' }] }),
        expect.objectContaining({ test: 'accepted_values(t)', rows: [{ t: 'c', rows: 4 }] }),
        expect.objectContaining({
          test: 'small',
          rows: [
            { n: 3, base: 2 },
            { n: 3, base: 2 },
          ],
        }),
      ]),
    });
    expect(await database.rows('select * from gold.checked')).toEqual([{ n: 1, t: "it's" }]);
  });

  test('a test that Postgres refuses is named', async () => {
    const model = await modelOf(
      'gold.untestable',
      'columns: { n: { type: int } }\ntests: [{ name: wrong, sql: select nonsense from gold.untestable }]',
      'select 1 as n',
    );
    await expect(build(database.owner, model)).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      message: 'Postgres refuses the test "wrong"',
      where: 'sql/gold/untestable.sql:4:24',
    });
  });

  test.each([
    [
      'a value without its parent',
      'tests: [{ relationships: { to: gold.parent, column: id } }]',
      '',
      'relationships(n, gold.parent.id)',
      [{ n: 7, rows: 2 }],
    ],
    [
      'of its own rows',
      'tests: [{ relationships: { to: gold.child, column: parent } }]',
      '',
      'relationships(n, gold.child.parent)',
      [{ n: 7, rows: 2 }],
    ],
    ['too few rows', '', 'row_count: { min: 5 }', 'row_count(5 to any)', [{ rows: 4 }]],
    ['too many rows', '', 'row_count: { min: 1, max: 3 }', 'row_count(1 to 3)', [{ rows: 4 }]],
    [
      'rows that are too old',
      '',
      'freshness: { column: at, within: 36 hours }',
      'freshness(at, 36 hours)',
      [{ newest: '2019-01-01T00:00:00+00:00' }],
    ],
  ])('%s: named, with the rows', async (_, column, whole, name, found) => {
    await build(
      database.owner,
      await modelOf('gold.parent', 'columns: { id: { type: int } }', 'select 1 as id'),
    );
    const model = await modelOf(
      'gold.child',
      `columns:
  n: { type: int, ${column} }
  parent: { type: int }
  at: { type: timestamptz }
tests: [${whole === '' ? '' : `{ ${whole} }`}]`,
      "select n, 1 as parent, timestamptz '2019-01-01' as at from unnest(array[1, 7, 7, null]) as n",
    );
    await expect(build(database.owner, model)).rejects.toMatchObject({
      code: 'TEST_FAILED',
      failures: [{ test: name, rows: found }],
    });
  });

  test('may end in a semicolon and comments, and rows are whole whatever their columns are named', async () => {
    const model = await modelOf(
      'gold.named',
      `columns: { failing: { type: int }, kept: { type: int } }
tests: [{ name: f, sql: "/* ; */ select * from gold.named; -- done; really" }]`,
      'select 1 as failing, 2 as kept',
    );
    await expect(build(database.owner, model)).rejects.toMatchObject({
      code: 'TEST_FAILED',
      failures: [{ test: 'f', rows: [{ failing: 1, kept: 2 }] }],
    });
  });

  test('hold for rows that are right, and long failing rows are cut off', async () => {
    const right = await modelOf(
      'gold.fresh',
      `columns: { n: { type: int, tests: [{ relationships: { to: gold.fresh, column: n } }] }, at: { type: timestamptz } }
tests: [{ row_count: { min: 1, max: 1 } }, { freshness: { column: at, within: 1 day } }]`,
      "select 1 as n, timestamptz '2999-01-01' as at",
    );
    expect((await build(database.owner, right)).tests.map(({ count }) => count)).toEqual([0, 0, 0]);
    const long = await modelOf(
      'gold.long',
      'columns: { t: { type: text, tests: [{ accepted_values: [a] }] } }',
      "select repeat('x', 100000) as t",
    );
    await expect(build(database.owner, long)).rejects.toMatchObject({
      failures: [{ rows: [expect.stringMatching(/^\{"t":"x{3994}$/)] }],
    });
  });
});

describe('a view model', () => {
  const of = (sql: string, columns = 'n: { type: int, description: N, tests: [not_null] }') =>
    modelOf('gold.seen', `materialized: view\ncolumns: { ${columns} }`, sql);

  test('is published, left alone, replaced and grown in place', async () => {
    expect(await build(database.owner, await of('select 1 as n'))).toMatchObject({
      published: true,
      rows: null,
    });
    await database.owner.query('create view gold.on_seen as select n + 1 as m from gold.seen');
    const oid = `select 'gold.seen'::regclass::oid::int as oid, col_description('gold.seen'::regclass, 1) as comment`;
    const before = await database.rows(oid);
    expect(before).toMatchObject([{ comment: 'N' }]);
    expect(await build(database.owner, await of('select  1 as n -- same meaning'))).toMatchObject({
      published: false,
    });
    expect(await build(database.owner, await of('select 2 as n'))).toMatchObject({
      published: true,
    });
    expect(
      await build(
        database.owner,
        await of("select 3 as n, 'x' as t", 'n: { type: int, description: N }, t: { type: text }'),
      ),
    ).toMatchObject({ published: true });
    expect(await database.rows(oid)).toEqual(before);
    expect(await database.rows('select * from gold.on_seen')).toEqual([{ m: 4 }]);
    // Fewer columns: the view is made anew, and so is what depends on it.
    expect(await build(database.owner, await of('select 5 as n'))).toMatchObject({
      published: true,
    });
    expect(await database.rows('select * from gold.on_seen')).toEqual([{ m: 6 }]);
  });

  test('its tests run before it is replaced', async () => {
    await expect(build(database.owner, await of('select null::int as n'))).rejects.toMatchObject({
      code: 'TEST_FAILED',
    });
    expect(await database.rows('select * from gold.seen')).toEqual([{ n: 5 }]);
  });

  test('becomes a table and a view again, and what depends on it stays', async () => {
    const table = await modelOf('gold.seen', 'columns: { n: { type: int } }', 'select 7 as n');
    await build(database.owner, table);
    expect(
      await database.rows(
        `select relkind, (select m from gold.on_seen) as m from pg_class where oid = 'gold.seen'::regclass`,
      ),
    ).toEqual([{ relkind: 'r', m: 8 }]);
    await build(database.owner, await of('select 9 as n'));
    expect(
      await database.rows(
        `select relkind, (select m from gold.on_seen) as m from pg_class where oid = 'gold.seen'::regclass`,
      ),
    ).toEqual([{ relkind: 'v', m: 10 }]);
  });
});

describe('a model that asks for the time or for chance', () => {
  beforeAll(async () => {
    for (const statement of [
      'create schema lib',
      "create function lib.dice() returns int language sql as 'select 4'",
      "create function lib.twice(int) returns int language sql immutable as 'select 2 * $1'",
      "create function lib.zone(int) returns int language sql stable as 'select $1'",
      "create function lib.less(int, int) returns boolean language sql as 'select $1 < $2'",
      'create operator lib.<<< (leftarg = int, rightarg = int, function = lib.less)',
      "create function lib.add(int, int) returns int language sql as 'select $1 + $2'",
      'create aggregate lib.total (int) (sfunc = lib.add, stype = int, initcond = 0)',
    ])
      await database.owner.query(statement);
  });

  test.each([
    ["'now'::timestamptz", "'now'"],
    ["timestamp 'today'", "'today'"],
    ["date 'Tomorrow'", "'Tomorrow'"],
    ["cast('yesterday 10:00' as timestamptz)", "'yesterday'"],
    ["array['now']::timestamptz[]", "'now'"],
    ["'{2019-01-01,today}'::date[]", "'today'"],
    ["timestamptz '2019-01-01Z' < 'now'", "'now'"],
    ['extract(year from date $$today$$)', "'today'"],
    ['lib.dice()', 'dice()'],
    ['1 operator(lib.<<<) 2', 'less()'],
    ['pg_catalog.random_normal()', 'random_normal()'],
    ["age(timestamp '2019-01-01')", 'age()'],
    ['pg_current_wal_lsn()', 'pg_current_wal_lsn()'],
    ['(select count(*) from generate_series(1, lib.dice()))', 'dice()'],
  ])('is refused: %s', async (expression, what) => {
    const sql = `select (${expression})::text as a`;
    const asked = modelOf('gold.asked', 'columns: { a: { type: text } }', sql);
    const refused = asked.then((model) => build(database.owner, model));
    await expect(refused).rejects.toThrow(`${what} would give another answer in each run`);
  });

  test('says where, and what to do about a function of its own', async () => {
    const asked = await modelOf(
      'gold.asked',
      'columns: { a: { type: int }, b: { type: date } }',
      "select lib.dice() as a,\n  date '2019-01-01' as b",
    );
    await expect(build(database.owner, asked)).rejects.toMatchObject({
      code: 'MODEL_FAILED',
      where: 'sql/gold/asked.sql:5:8',
      hint: expect.stringContaining('alter function lib.dice() immutable') as string,
    });
  });

  test.each([
    "'now'",
    "'today' = 'tomorrow'",
    "'what happens now'::text",
    "position('now' in 'known')",
    "timestamptz '2019-01-01Z' at time zone 'America/Toronto'",
    "to_char(timestamptz '2019-01-01Z', 'YYYY')",
    "age(timestamp '2019-01-02', timestamp '2019-01-01')",
    'pg_typeof(1)',
    'pg_sleep(0) is null',
    'lib.twice(2)',
    'lib.zone(2)',
    "'infinity'::timestamptz",
    '(select sum(n) from generate_series(1, 3) as n)',
  ])('is not meant: %s', async (expression) => {
    const sql = `select (${expression})::text as a`;
    const fine = await modelOf('gold.fine', 'columns: { a: { type: text } }', sql);
    expect(await build(database.owner, fine)).toMatchObject({ rows: 1 });
  });
});
