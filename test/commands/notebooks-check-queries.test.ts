// @module-tag heavy
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pipelineRun } from '../../src/commands/pipeline/pipeline-run.js';
import { notebooksFormatBy } from '../../src/commands/notebooks/notebooks-format.js';
import { notebooksCheckBy } from '../../src/commands/notebooks/notebooks-check.js';
import { joinText, type Notebook } from '../../src/nbformat/notebook.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { runNotebooks } from '../../src/notebook/run-notebooks.js';
import { checkInProcess } from '../notebook/check-in-process.js';
import { describingCheck } from '../../src/notebook/type-check/describing-check.js';
import { describeInWarehouse } from '../../src/row-types/describe-in-warehouse.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { markdown, notebookOf, type CellDraft } from '../notebook/notebooks.js';
import { event, model, pipelineWorkspace } from '../pipeline/pipeline-workspace.js';
import { runCommand } from './run-command.js';

let database: TestDatabase;
let workspace: ReturnType<typeof pipelineWorkspace>;

beforeEach(async () => {
  database = await createTestDatabase();
  workspace = pipelineWorkspace(database, {
    'data/a.log': event(1, '2019-01-05T10:00:00-05:00'),
    'sql/gold/month.sql': model(
      'month: { type: date, tests: [not_null] }, customers: { type: bigint, tests: [not_null] }, share: { type: numeric }',
      "select date '2019-01-01' as month, 9007199254740993::bigint as customers, null::numeric as share",
    ),
  });
  expect((await workspace.run()).status).toBe('passed');
});
afterEach(() => database.drop());

const typesFile = 'daybook-env.d.ts';

const load = "import { dataFrame, query } from 'daybook/pipeline';";

function notebook(cells: readonly CellDraft[], name = 'a'): void {
  workspace.write(
    `notebooks/${name}.ipynb`,
    formatNotebook(notebookOf([markdown('# A'), load, ...cells])),
  );
}

const config = () => ({ ...database.config, root: workspace.root });

/** The check without warnings, which are not about queries. */
const check = async (values: Record<string, boolean> = {}) => {
  const checked = await runCommand(notebooksCheckBy(checkInProcess), config(), {
    values,
    env: process.env,
  });
  const lines = checked.stdout.split('\n').filter((line) => !line.includes(' warning '));
  return { ...checked, stdout: lines.join('\n') };
};

const types = () => readFileSync(join(workspace.root, typesFile), 'utf8');

test('rows have the types that Postgres says, and null where it may stand', async () => {
  notebook([
    'const months = await query(`\n  select month, customers, share from gold.month\n`);',
    'months[0]?.customers.toFixed(); months[0]?.share; months[0]?.year;',
    "const sql = 'select count(*) as n, max(share) as top from gold.month where month > $1';",
    "const [row] = await query(sql, ['2019-01-01']);\nconst n: bigint = row?.n ?? 0n;",
    'await query(sql, [true]); await query(sql);',
    'const own = await query<{ own: number }>(`select 1 as own`); own[0]?.own.toFixed();',
  ]);
  const before = await check();
  expect(before.stderr).toContain('3 queries not described yet: their rows have no types');
  const { stdout, exitCode } = await check({ update: true });
  expect(exitCode).toBe(1);
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/a\.ipynb:4:1:22 TS2339 .*'toFixed'.*'bigint'/),
    expect.stringMatching(/a\.ipynb:4:1:\d+ TS2339 .*'year'/),
    expect.stringMatching(/a\.ipynb:7:1:19 TS2322 .*'boolean'/),
    expect.stringMatching(/a\.ipynb:7:1:\d+ TS2554 Expected 2 arguments/),
  ]);
  expect(types()).toContain(`    /** Reads gold.month `);
  expect(types()).toMatch(
    /row: \{\n {8}month: string;\n {8}customers: bigint;\n {8}share: string \| null;/,
  );
  expect(types()).toMatch(
    /n: bigint;\n {8}top: string \| null;\n {6}\};\n {6}parameters: \[string \| Date \| null\];/,
  );
  // Without a warehouse the same is found.
  expect((await check()).stdout).toBe(stdout);
});

test('a mistake in a query is said where it stands in the cell, before anything runs', async () => {
  notebook([
    'const a = await query(`\n  select mont\n  from gold.month\n`);',
    "const b = await query('select 1 from gold.months');",
    "const c = await dataFrame('select lower(customers) from gold.month where 𝄞 = 1');",
    "const d = await query('select\\n nothing from gold.month');",
    'const text = `select * from gold.month where month = 5`;\n\nawait query(text);',
  ]);
  const { stdout } = await check({ update: true });
  expect(
    stdout
      .trim()
      .split('\n')
      .filter((line) => line.includes(' SQL')),
  ).toEqual([
    expect.stringMatching(
      /a\.ipynb:3:2:10 SQL42703 column "mont" does not exist: did you mean month\?$/,
    ),
    expect.stringMatching(
      /a\.ipynb:4:1:38 SQL42P01 relation "gold\.months" .*did you mean gold\.month\?/,
    ),
    expect.stringMatching(/a\.ipynb:5:1:35 SQL42883 function lower\(bigint\)/),
    expect.stringMatching(/a\.ipynb:6:1:33 SQL42703 column "nothing"/),
    expect.stringMatching(/a\.ipynb:7:1:52 SQL42883 operator does not exist: date = integer/),
  ]);
});

test('after a model has changed, the queries that are older than it are named', async () => {
  notebook([
    'const months = await query(`select share from gold.month`);',
    'const s: string | null | undefined = months[0]?.share;',
    'const one = await query(`select 1 as one`);',
  ]);
  expect((await check({ update: true })).exitCode).toBe(0);
  const before = types();
  const sql = readFileSync(join(workspace.root, 'sql/gold/month.sql'), 'utf8');
  writeFileSync(
    join(workspace.root, 'sql/gold/month.sql'),
    sql.replace('share: { type: numeric }', 'share: { type: int }').replace('::numeric', '::int'),
  );
  expect((await workspace.run()).status).toBe('passed');
  const { stdout, exitCode } = await check();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^notebooks\/a\.ipynb:3:1:29 SQL-STALE the types of this query are older than gold\.month/,
  );
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect((await check({ update: true })).stdout).toMatch(/a\.ipynb:4:1:7 TS2322 .*'number/);
  writeFileSync(join(workspace.root, 'sql/gold/month.sql'), sql);
  await workspace.run();
  notebook(['await query(`select 1 as one`);']);
  await check({ update: true });
  // What no notebook asks any more is gone.
  expect(types()).not.toContain('select share');
  expect(before).toContain('select share');
});

test('a pipeline run names the lines that no longer fit, and only where a column has changed', async () => {
  notebook([
    'const [row] = await query(`select share from gold.month`);\nconst s: string | null = row.share;',
    'await query(`select customers from gold.month`);',
  ]);
  notebook(['await query(`\n  select share, month\n  from gold.month`);'], 'b');
  notebook(['await query(`select 1 as one`);\nconst wrong: string = 1;'], 'other');
  await check({ update: true });
  const path = join(workspace.root, 'sql/gold/month.sql');
  const sql = readFileSync(path, 'utf8');
  const run = async () => {
    const dataDir = join(workspace.root, 'data');
    const { stdout, stderr, exitCode } = await runCommand(
      pipelineRun,
      { ...config(), databaseUrl: database.ownerUrl, readerUrl: database.readerUrl, dataDir },
      { values: { data: dataDir }, env: process.env },
    );
    expect(exitCode).toBe(0);
    return `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('query '));
  };
  expect(await run()).toEqual([]);
  writeFileSync(path, sql.replaceAll('share', 'part'));
  expect(await run()).toEqual([
    'query   notebooks/a.ipynb:3:1:35: column "share" does not exist',
    expect.stringMatching(/^query {3}notebooks\/b\.ipynb:3:2:10: column "share" does not exist/),
  ]);
  const { rows } = await database.owner.query<{ notices: unknown }>(
    "select summary -> 'notices' as notices from ops.pipeline_run order by run_id desc limit 1",
  );
  expect(rows[0]?.notices).toHaveLength(2);
  // Until they are mended, the check says so, too.
  expect((await check()).stdout).toMatch(
    /a\.ipynb:3:1:28 SQL-STALE.*\n(?:.*\n)*.*b\.ipynb.* SQL-STALE/,
  );
  writeFileSync(
    path,
    sql.replace('share: { type: numeric }', 'share: { type: int }').replace('::numeric', '::int'),
  );
  expect(await run()).toEqual([
    expect.stringMatching(/^query {3}notebooks\/a\.ipynb:3:2:7: Type 'number.* is not assignable/),
  ]);
});

test('a run describes what is new, and does not start a notebook whose query is wrong', async () => {
  notebook([
    'const [row] = await query(`select customers from gold.month`);',
    'row?.customers + 1n',
  ]);
  notebook(['const never = 1;', 'await query(`select custmers from gold.month`)'], 'wrong');
  const report = await runNotebooks({
    config: config(),
    env: process.env,
    warehouse: { owner: database.owner, readerUrl: database.readerUrl },
  });
  const [right, wrong] = report.notebooks;
  expect(right).toMatchObject({ path: 'notebooks/a.ipynb', status: 'passed' });
  expect(wrong).toMatchObject({
    status: 'failed',
    failure: { kind: 'type-error', cell: 4, line: 1, column: 21, ename: 'SQL42703' },
  });
  expect(types()).toContain("'select customers from gold.month'");
});

test('a column that a query says itself to be not null is compared when it runs', async () => {
  const text = (column: string) =>
    `select ${column}, customers from gold.month -- not null: ${column}, customers`;
  notebook([`const [row] = await query(\`${text('month')}\`);`, 'row?.month.slice(0, 4)']);
  notebook([`await query(\`${text('share')}\`);`], 'wrong');
  const { notebooks } = await runNotebooks({
    config: config(),
    env: process.env,
    force: true,
    warehouse: { owner: database.owner, readerUrl: database.readerUrl },
    check: describingCheck(workspace.root, describeInWarehouse(config()), checkInProcess),
  });
  expect(notebooks.map(({ status }) => status)).toEqual(['passed', 'failed']);
  expect(notebooks[1]).toMatchObject({
    failure: {
      evalue: expect.stringContaining(
        'share is null in row 1, and the query says -- not null: share',
      ) as string,
    },
  });
});

test('SQL cells are described, checked and run as queries are, also by their metadata', async () => {
  const cells = [
    "const since = '2019-01-01';",
    '%%sql months\nselect month, customers\nfrom gold.month where month >= ${since}',
    '%%sql total\nselect sum(customers) as n from ${months}',
    {
      code: 'select ${total.length}::int as one',
      metadata: { daybook: { language: 'sql', name: 'ones' } },
    },
    'if (ones[0].one !== 1 || months[0].customers + 1n !== 9007199254740994n) throw new Error("no");',
  ];
  const write = (name: string, drafts: readonly CellDraft[], metadata = {}) => {
    workspace.write(`notebooks/${name}.ipynb`, formatNotebook(notebookOf(drafts, metadata)));
  };
  write('a', cells);
  write('wrong', ['%%sql months\nselect 1 as one,\n  moth from gold.month', 'months[0].two;']);
  write('parameters', [{ code: '%%sql\nselect 1', tags: ['parameters'] }]);
  const checked = await check({ update: true });
  expect(checked.stdout.trim().split('\n')).toEqual([
    expect.stringMatching(
      /wrong\.ipynb:1:3:3 SQL42703 column "moth" does not exist: did you mean month\?$/,
    ),
  ]);
  expect(types()).toContain(
    '$2\\n)\\nselect sum(customers) as n from "months"'.replace('$2', '$1'),
  );
  const { notebooks } = await runNotebooks({
    config: config(),
    env: process.env,
    warehouse: { owner: database.owner, readerUrl: database.readerUrl },
    check: describingCheck(workspace.root, describeInWarehouse(config()), checkInProcess),
  });
  expect(notebooks.map(({ status }) => status)).toEqual(['passed', 'failed', 'failed']);
  expect(notebooks[1]).toMatchObject({
    failure: { evalue: expect.stringContaining('the cell tagged parameters is SQL') as string },
  });

  // Another kernel of TypeScript says what it needs, before it runs.
  write('a', cells, {
    kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' },
  });
  const { stdout } = await check();
  expect(stdout).toMatch(/a\.ipynb:2:1:1 SQL-CELL SQL cells need Daybook's kernel/);
  expect(stdout).toMatch(/a\.ipynb:4:1:1 SQL-CELL SQL cells need Daybook's kernel/);
});

test('queries of files that notebooks import are typed, and their mistakes are said in the file', async () => {
  const imports = "import { query } from 'daybook/pipeline';\n";
  workspace.write(
    'lib/months.ts',
    `${imports}\n/** Months. */\nexport const months = () => query(\`\n  select month, share\n  from gold.month\n\`);\n`,
  );
  workspace.write(
    'lib/wrong.ts',
    `${imports}export const wrong = () =>\n  query('select mont from gold.month');\n`,
  );
  workspace.write(
    'lib/unasked.ts',
    `${imports}export const none = () => query('select none from none');\n`,
  );
  notebook([
    "import { months } from '../lib/months.js';\nimport { wrong } from '../lib/wrong.js';",
    'const [first] = await months();\nfirst!.month.toUpperCase(); first!.year;',
    "const again = (await import('../lib/wrong.js')).wrong;",
  ]);
  const { stdout } = await check({ update: true });
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(
      /a\.ipynb:3: \.\.\/lib\/wrong\.ts:3:17 SQL42703 column "mont" does not exist: did you mean month\?$/,
    ),
    expect.stringMatching(/a\.ipynb:4:2:36 TS2339 .*'year'/),
  ]);
  // Without a warehouse a file is as old as a cell.
  const sql = readFileSync(join(workspace.root, 'sql/gold/month.sql'), 'utf8');
  writeFileSync(
    join(workspace.root, 'sql/gold/month.sql'),
    sql.replace('share: { type: numeric }', 'share: { type: int }').replace('::numeric', '::int'),
  );
  expect((await workspace.run()).status).toBe('passed');
  expect((await check()).stdout).toMatch(
    /^notebooks\/a\.ipynb:3: \.\.\/lib\/months\.ts:4:36 SQL-STALE /,
  );
});

test('formatted queries keep their types, ids, outputs and metadata; what cannot be formatted says why', async () => {
  const cells: CellDraft[] = [
    {
      code: '%%sql months\nSELECT month,customers,\n share\nFROM gold.month WHERE customers>${ 1+ 1 }',
      tags: ['sales'],
    },
    '%%sql top\nselect max(share) as share\n from ${months}',
    {
      code: "const a = await query(\n  `select month\n, customers from gold.month\nwhere share > 1 and customers > 9007199254740993 and month > date '2019-01-01'`);",
      outputs: [{ output_type: 'stream', name: 'stdout', text: 'as it was' }],
    },
    "const b = await query('select  month from gold.month');\nb[0]!.month.at(0);",
    "const part = 'month';\nconst c = await query(`select  ${part} from gold.month`);",
    'const d = await query(`select\n  oops from from`);',
  ];
  notebook(cells);
  workspace.write('notebooks/b.ipynb', formatNotebook(notebookOf(['%%sql\nselect 1 as one'])));
  await check({ update: true });
  const format = (values: Record<string, boolean> = {}) =>
    runCommand(notebooksFormatBy(checkInProcess), config(), { values, env: process.env });
  const path = join(workspace.root, 'notebooks/a.ipynb');
  const before = readFileSync(path, 'utf8');
  const problems = await check();
  const wouldChange = { exitCode: 1, stdout: 'notebooks/a.ipynb\n' };
  expect(await format({ check: true })).toMatchObject(wouldChange);
  expect(readFileSync(path, 'utf8')).toBe(before);
  const { exitCode, stderr } = await format();
  expect(exitCode).toBe(0);
  expect(stderr.split('\n')).toEqual([
    'notebooks/a.ipynb:7:2:24 stays as it is: it is put together of parts',
    'notebooks/a.ipynb:8:1:24 stays as it is: Postgres cannot parse it: syntax error at or near "from"',
    '1 of 2 notebooks changed',
    '',
  ]);
  const written = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
  const old = JSON.parse(before) as Notebook;
  expect(written.cells.slice(2, 6).map(({ source }) => joinText(source))).toEqual([
    '%%sql months\nselect month, customers, share\nfrom gold.month\nwhere customers > ${ 1+ 1 }',
    '%%sql top\nselect max(share) as share\nfrom ${months}',
    "const a = await query(\n  `\n    select month, customers\n    from gold.month\n    where share > 1 and customers > 9007199254740993 and month > date '2019-01-01'\n  `);",
    "const b = await query('select month from gold.month');\nb[0]!.month.at(0);",
  ]);
  const withoutSources = ({ cells: all, ...rest }: Notebook) => ({
    ...rest,
    cells: all.map((cell) => ({ ...cell, source: '' })),
  });
  expect(withoutSources(written)).toEqual(withoutSources(old));
  const after = await check();
  expect(after.stderr).toBe(problems.stderr);
  const asked = types();
  await check({ update: true });
  expect(types()).toBe(asked);
  expect(await format({ check: true })).toMatchObject({ exitCode: 0, stdout: '' });
});
