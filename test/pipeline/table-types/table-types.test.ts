import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tableTypes } from '../../../src/row-types/table-types.js';
import { projectTypesProblem } from '../../../src/pipeline/table-types/types-problem.js';
import { createTestDatabase, root as project, type TestDatabase } from '../../database.js';
import { event, model, pipelineWorkspace } from '../pipeline-workspace.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const file = 'daybook-env.d.ts';

test('the types of this project are those of the tables that its models make', async () => {
  const { run, root } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
  });
  for (const schema of ['bronze', 'silver', 'gold']) {
    cpSync(join(project, 'sql', schema), join(root, 'sql', schema), { recursive: true });
  }
  // A run leaves the queries of notebooks as they are.
  cpSync(join(project, file), join(root, file));
  expect((await run()).status).toBe('passed');
  // If this fails, run the pipeline in the project: it writes the file.
  expect(readFileSync(join(root, file), 'utf8')).toBe(readFileSync(join(project, file), 'utf8'));
});

test('follow the models of a workspace, and wait until all of its tables are there', async () => {
  const { run, root, write } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
    'sql/gold/a.sql': model('n: { type: bigint, tests: [not_null] }', 'select 1::bigint as n'),
    'sql/gold/b.sql': model('n: { type: int }', 'select 1 as n'),
  });
  const types = () => readFileSync(join(root, file), 'utf8');
  await run({ select: ['gold.a'] });
  expect(existsSync(join(root, file))).toBe(false);
  await run();
  expect(types()).toContain("    'gold.a': {\n      n: bigint;\n    };\n");
  expect(types()).toContain("    'gold.b': {\n      n: number | null;\n    };\n");
  write('sql/gold/b.sql', model('n: { type: "numeric[]" }', 'select array[1.5] as n'));
  await run();
  expect(types()).toContain('      n: (string | null)[] | null;\n');
  const built = types();
  const { ino } = statSync(join(root, file));
  await run();
  // Nothing changed, so nobody's editor is told that it did.
  expect(statSync(join(root, file)).ino).toBe(ino);
  // As after git reset, or the switch to a branch that has the file of before.
  writeFileSync(join(root, file), 'old');
  const report = await run();
  expect(report.models.some(({ isBuilt }) => isBuilt)).toBe(false);
  expect(types()).toBe(built);
  rmSync(join(root, 'sql/gold/b.sql'));
  write('sql/gold/c.sql', model('n: { type: int }', 'select 1 as n'));
  await run();
  expect(types()).not.toContain('gold.b');
  expect(types()).toContain('gold.c');
  // Nothing else was written into the project.
  expect(existsSync(join(root, 'src'))).toBe(false);
  expect(existsSync(join(root, 'dist'))).toBe(false);
});

test('that they are not those of the models is said without a warehouse', async () => {
  const { run, root, write } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
    'sql/gold/a.sql': model(
      'n: { type: int }, "order": { type: int }',
      'select 1 as n, 2 as "order"',
    ),
  });
  const problem = () => projectTypesProblem({ ...database.config, root });
  expect(await problem()).toBe('there is no daybook-env.d.ts');
  await run();
  expect(await problem()).toBeUndefined();
  // What comes with `git pull` of somebody who did not run the pipeline.
  write('sql/gold/b.sql', model('n: { type: int }', 'select 1 as n'));
  expect(await problem()).toContain('not that of the models: gold.b is not in it');
  rmSync(join(root, 'sql/gold/b.sql'));
  write('sql/gold/a.sql', model('m: { type: int }', 'select 1 as m'));
  expect(await problem()).toContain('gold.a has other columns now');
  rmSync(join(root, 'sql/gold/a.sql'));
  expect(await problem()).toContain('gold.a is in it, and is no table of the project');
});

test('values of odd types are what the types say', async () => {
  await database.owner.query(`
    create schema own;
    create type own.size as enum ('s', 'l');
    create domain own.id as bigint not null;
    create domain own.inner_id as own.id;
    create domain own.ids as bigint[];
    create type own.pair as (a int, b text)`);
  const odd = {
    size: ['own.size', "'l'"],
    sizes: ['own.size[]', "'{s,l}'"],
    id: ['own.inner_id', '9007199254740993'],
    id_list: ['own.ids', "'{9007199254740993}'"],
    list_of_id: ['own.id[]', "'{1}'"],
    range: ['int4range', "'[1,3)'"],
    ranges: ['int4range[]', '\'{"[1,3)"}\''],
    multirange: ['int4multirange', "'{[1,3)}'"],
    spans: ['interval[]', "'{1 day}'"],
    uuids: ['uuid[]', "'{00000000-0000-0000-0000-000000000001}'"],
    place: ['point', "'(1,2)'"],
    places: ['point[]', '\'{"(1,2)"}\''],
    area: ['circle', "'<(1,2),3>'"],
    pair: ['own.pair', "'(1,x)'"],
    bits: ['bit(3)', "'101'"],
    bytes: ['bytea[]', '\'{"\\\\x00"}\''],
    letter: ['"char"', "'x'"],
    network: ['cidr', "'10.0.0.0/8'"],
    json_list: ['json[]', "'{1}'"],
  } as const;
  const columns = Object.entries(odd).map(([name, [type]]) => `${name}: { type: '${type}' }`);
  const values = Object.entries(odd).map(([name, [type, value]]) => `${value}::${type} as ${name}`);
  const { run, root } = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
    'sql/gold/odd.sql': model(columns.join(', '), `select ${values.join(', ')}`),
  });
  expect(await run()).toMatchObject({ status: 'passed' });
  const { rows } =
    await database.owner.query<Record<keyof typeof odd, unknown>>('select * from gold.odd');
  const isOf = (value: unknown, type: string): boolean => {
    if (type === 'unknown') return true;
    const element = /^\((.*) \| null\)\[\]$/.exec(type)?.[1];
    if (element !== undefined) {
      return Array.isArray(value) && value.every((each) => isOf(each, element));
    }
    return type === 'Uint8Array' ? value instanceof Uint8Array : typeof value === type;
  };
  const text = readFileSync(join(root, file), 'utf8');
  const written = Object.keys(odd).map((name) => [
    name,
    new RegExp(`^      ${name}: (.*?)(?: \\| null)?;$`, 'm').exec(
      text.slice(text.indexOf('gold.odd')),
    )?.[1],
  ]);
  for (const [name, type] of written) {
    const value = rows[0]?.[name as keyof typeof odd];
    expect([name, type, value]).toSatisfy(() => isOf(value, type ?? 'missing'));
  }
  expect(Object.fromEntries(written)).toMatchObject({
    id: 'bigint',
    id_list: '(bigint | null)[]',
    sizes: 'string',
    places: '(string | null)[]',
  });
});

test('each type of Postgres is the one that its values have', () => {
  const column = (type: string, more = {}) => ({
    ...{ name: `c_${type}`, type, isArray: false, isNullable: false, description: undefined },
    ...more,
  });
  const types = [
    'int4',
    'int8',
    'numeric',
    'date',
    'timestamptz',
    'bool',
    'jsonb',
    'bytea',
    'uuid',
  ];
  const columns = [
    ...types.map((type) => column(type)),
    column('json', { isNullable: true, name: "it's", description: 'a */ b\nc' }),
  ];
  expect(tableTypes([{ schema: 'gold', name: 'x', description: undefined, columns }]))
    .toBe(`    'gold.x': {
      c_int4: number;
      c_int8: bigint;
      c_numeric: string;
      c_date: string;
      c_timestamptz: string;
      c_bool: boolean;
      c_jsonb: unknown;
      c_bytea: Uint8Array;
      c_uuid: string;
      /** a * / b c */
      "it's": unknown;
    };
`);
});
