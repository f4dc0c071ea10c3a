import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { build, modelOf } from '../model-fixture.js';

let database: TestDatabase;
const role = 'replace_relation_test';
beforeAll(async () => {
  database = await createTestDatabase();
  // Roles belong to the server, which the test run's databases share.
  await database.owner.query(
    `do $$ begin create role ${role}; exception when duplicate_object then null; end $$`,
  );
});
afterAll(async () => {
  await database.owner.query(`drop owned by ${role}`);
  await database.drop();
});

const columns = (...names: string[]) =>
  `columns: { ${names.map((name) => `${name}: { type: int }`).join(', ')} }`;

describe('a table that gets other columns', () => {
  test('keeps dependent views, grants, comments and indexes', async () => {
    await build(
      database.owner,
      await modelOf(
        'gold.kept',
        `${columns('a', 'b', 'c')}\nindexes: [[a]]`,
        'select 1 as a, 2 as b, 3 as c',
      ),
    );
    for (const statement of [
      `grant select, insert on gold.kept to ${role} with grant option`,
      'revoke select on gold.kept from daybook_reader',
      `grant update (b) on gold.kept to ${role}`,
      'create unique index kept_b on gold.kept (b) where b > 0',
      'create index kept_c on gold.kept (c)',
      "comment on column gold.kept.b is 'by hand'",
      'create view gold.one with (security_barrier = true) as select a, b from gold.kept',
      `grant select on gold.one to ${role}`,
      "comment on view gold.one is 'one'",
      "comment on column gold.one.a is 'a of one'",
      'create view silver.two as select one.b from gold.one join gold.kept using (a)',
      'create materialized view gold.three as select b from silver.two',
      'create index three_b on gold.three (b)',
      'create materialized view gold.four as select b from silver.two with no data',
    ])
      await database.owner.query(statement);
    const catalog = `
      select c.relname, c.relkind, array_to_string(c.reloptions, ',') as options, c.relispopulated,
        array_to_string(array(select acl::text from unnest(c.relacl) as acl order by 1), ' ') as acl,
        obj_description(c.oid, 'pg_class') as comment,
        array(select indexdef from pg_indexes where schemaname = n.nspname and tablename = c.relname and indexname not in ('kept_c') order by 1) as indexes,
        array(select attname || coalesce(col_description(c.oid, attnum), '') || coalesce(attacl::text, '') from pg_attribute where attrelid = c.oid and attnum > 0 and attname in ('a', 'b') order by attname) as columns
      from pg_class as c join pg_namespace as n on n.oid = relnamespace
      where c.relname in ('kept', 'one', 'two', 'three', 'four') order by 1`;
    const before = await database.rows(catalog);

    const built = await build(
      database.owner,
      await modelOf(
        'gold.kept',
        `${columns('b', 'a', 'd')}\nindexes: [[a]]`,
        'select 20 as b, 10 as a, 40 as d',
      ),
    );
    expect(built.published).toBe(true);
    const after = await database.rows(catalog);
    // What the header says of column b is said again; everything else is as it was.
    expect(JSON.stringify(after)).toBe(JSON.stringify(before).replace('bby hand', 'b'));
    expect(await database.rows('select * from silver.two')).toEqual([{ b: 20 }]);
    expect(await database.rows('select * from gold.three')).toEqual([{ b: 20 }]);
    expect(
      await database.rows(`select indexname from pg_indexes where tablename = 'kept' order by 1`),
    ).toEqual([{ indexname: 'kept_a_idx' }, { indexname: 'kept_b' }]);
    expect(await database.rows('select * from gold.kept')).toEqual([{ b: 20, a: 10, d: 40 }]);
  });

  test('a view that does not fit the new columns is named, and nothing changes', async () => {
    await build(
      database.owner,
      await modelOf('gold.needed', columns('a', 'b'), 'select 1 as a, 2 as b'),
    );
    await database.owner.query('create view gold.needs_b as select b from gold.needed');
    const without = await modelOf('gold.needed', columns('a'), 'select 1 as a');
    await expect(build(database.owner, without)).rejects.toMatchObject({
      code: 'MODEL_DEPENDENT',
      message:
        'gold.needed cannot get its new columns: view gold.needs_b does not fit the new columns',
      cause: { code: '42703' },
    });
    expect(await database.rows('select * from gold.needed')).toEqual([{ a: 1, b: 2 }]);
    expect(await database.rows('select * from gold.needs_b')).toEqual([{ b: 2 }]);
    // A view that is a model itself is made from its model as it is now.
    await build(database.owner, without, {
      viewQueries: new Map([['gold.needs_b', 'select a as b from gold.needed']]),
    });
    expect(await database.rows('select * from gold.needs_b')).toEqual([{ b: 1 }]);
  });

  test.each([
    [
      'a constraint',
      'alter table gold.bound add constraint positive check (a > 0)',
      'constraint positive on table gold.bound',
    ],
    [
      'a trigger',
      'create trigger watch before update on gold.bound for each row execute function suppress_redundant_updates_trigger()',
      'trigger watch on table gold.bound',
    ],
    [
      'a policy',
      'create policy mine on gold.bound using (true)',
      'policy mine on table gold.bound',
    ],
    [
      'a function',
      'create function gold.reads() returns setof gold.bound language sql begin atomic select * from gold.bound; end',
      'function gold.reads()',
    ],
    [
      'a key elsewhere',
      'alter table gold.bound add primary key (a); create table gold.far (a int references gold.bound)',
      'constraint',
    ],
    ['statistics', 'create statistics gold.a_and_b on a, b from gold.bound', 'gold.a_and_b'],
    ['row security', 'alter table gold.bound enable row level security', 'row security of table'],
    [
      'a rule',
      'create rule quiet as on insert to gold.bound do instead nothing',
      'rule quiet on table gold.bound',
    ],
    [
      'a default',
      'alter table gold.bound alter column a set default 7',
      'default value for column a of table gold.bound',
    ],
    [
      'a column that must not be null',
      'alter table gold.bound alter column a set not null',
      'null',
    ],
    [
      'a publication',
      'alter table gold.bound replica identity full; create publication bound_publication for table gold.bound',
      'publication of table gold.bound',
    ],
    [
      'a table above it',
      'create table gold.far (a int, b int); alter table gold.bound inherit gold.far',
      'inheritance from gold.far',
    ],
    ['a table below it', 'create table gold.far () inherits (gold.bound)', 'table gold.far'],
    [
      'a trigger of a view',
      'create view gold.on_it as select * from gold.bound; create trigger watch instead of delete on gold.on_it for each row execute function suppress_redundant_updates_trigger()',
      'trigger watch on view gold.on_it',
    ],
    [
      'a rule of a view',
      'create view gold.on_it as select * from gold.bound; create rule quiet as on insert to gold.on_it do instead nothing',
      'rule quiet on view gold.on_it',
    ],
    [
      'a default of a view',
      'create view gold.on_it as select * from gold.bound; alter view gold.on_it alter column a set default 7',
      'default value for column a of view gold.on_it',
    ],
    [
      'a function that reads a view',
      'create view gold.on_it as select * from gold.bound; create function gold.reads() returns bigint language sql begin atomic select count(*) from gold.on_it; end',
      'function gold.reads()',
    ],
    [
      'statistics of a materialized view',
      'create materialized view gold.on_it as select * from gold.bound; create statistics gold.a_and_b on a, b from gold.on_it',
      'gold.a_and_b',
    ],
  ])('%s that would be lost is named, and nothing changes', async (_, statement, named) => {
    await database.owner.query(
      'drop publication if exists bound_publication; drop table if exists gold.bound cascade; drop table if exists gold.far cascade',
    );
    await build(
      database.owner,
      await modelOf('gold.bound', columns('a', 'b'), 'select 1 as a, 2 as b'),
    );
    await database.owner.query(statement);
    const other = await modelOf('gold.bound', columns('a'), 'select 5 as a');
    await expect(build(database.owner, other)).rejects.toMatchObject({
      code: 'MODEL_DEPENDENT',
      message: expect.stringContaining(named),
    });
    expect(await database.rows('select * from gold.bound')).toEqual([{ a: 1, b: 2 }]);
    // New rows in the old columns are no obstacle.
    expect(
      await build(
        database.owner,
        await modelOf('gold.bound', columns('a', 'b'), 'select 3 as a, 4 as b'),
      ),
    ).toMatchObject({ published: true });
  });

  test('keeps what is set on the table, its columns and its indexes', async () => {
    await build(
      database.owner,
      await modelOf('gold.tuned', columns('a', 'b'), 'select 1 as a, 2 as b'),
    );
    const statements = [
      'alter table gold.tuned set (fillfactor = 70, autovacuum_enabled = false)',
      'alter table gold.tuned replica identity full',
      'alter table gold.tuned alter column a set statistics 500',
      'alter table gold.tuned alter column a set (n_distinct = 5)',
      'create index tuned_a on gold.tuned (a)',
      "comment on index gold.tuned_a is 'by hand'",
      'alter table gold.tuned cluster on tuned_a',
    ];
    for (const statement of statements) await database.owner.query(statement);
    const catalog = `
      select reloptions, relreplident, attstattarget, attoptions, indisclustered,
        obj_description(indexrelid, 'pg_class') as comment
      from pg_class as c
      join pg_attribute on attrelid = c.oid and attname = 'a'
      join pg_index on indrelid = c.oid
      where c.oid = 'gold.tuned'::regclass`;
    const before = await database.rows(catalog);
    await build(
      database.owner,
      await modelOf('gold.tuned', columns('a', 'c'), 'select 1 as a, 2 as c'),
    );
    expect(await database.rows(catalog)).toEqual(before);
    expect(before).toMatchObject([{ relreplident: 'f', comment: 'by hand', indisclustered: true }]);
  });
});

describe('a table that becomes a view', () => {
  test('loses the indexes of its header, and stops for one that somebody made', async () => {
    const header = `${columns('a')}\nindexes: [[a]]`;
    await build(database.owner, await modelOf('gold.turned', header, 'select 1 as a'));
    await database.owner.query('create index by_hand on gold.turned (a)');
    const view = await modelOf(
      'gold.turned',
      `${columns('a')}\nmaterialized: view`,
      'select 1 as a',
    );
    await expect(build(database.owner, view)).rejects.toMatchObject({
      code: 'MODEL_DEPENDENT',
      message: expect.stringContaining('index gold.by_hand would be lost') as string,
    });
    await database.owner.query('drop index gold.by_hand');
    await database.owner.query('grant select on gold.turned to public');
    await build(database.owner, view);
    expect(
      await database.rows(
        "select relkind, relacl::text like '%{=r%' or relacl::text like '%,=r%' as granted from pg_class where oid = 'gold.turned'::regclass",
      ),
    ).toEqual([{ relkind: 'v', granted: true }]);
    // And back.
    await build(database.owner, await modelOf('gold.turned', header, 'select 1 as a'));
    expect(
      await database.rows("select relkind from pg_class where oid = 'gold.turned'::regclass"),
    ).toEqual([{ relkind: 'r' }]);
  });
});

test('a view whose model is gone need not fit, others on it must', async () => {
  await build(
    database.owner,
    await modelOf('gold.base', columns('a', 'b'), 'select 1 as a, 2 as b'),
  );
  await database.owner.query('create view gold.gone as select b from gold.base');
  await database.owner.query('create view gold.mine as select b from gold.gone');
  const without = await modelOf('gold.base', columns('a'), 'select 1 as a');
  const retired = new Set(['gold.gone']);
  await expect(build(database.owner, without, { retired })).rejects.toMatchObject({
    code: 'MODEL_DEPENDENT',
    message: expect.stringContaining('view gold.mine') as string,
  });
  await database.owner.query('drop view gold.mine');
  await build(database.owner, without, { retired });
  expect(await database.rows("select to_regclass('gold.gone') as gone")).toEqual([{ gone: null }]);
});
