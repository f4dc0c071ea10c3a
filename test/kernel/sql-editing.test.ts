// @module-tag heavy
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { isMessage } from '../../src/jupyter/message.js';
import type { FormattedQuery } from '../../src/cells/sql/format-query.js';
import type { NotebookDiagnostics } from '../../src/kernel/compiler/diagnose.js';
import { formatProjectTypes } from '../../src/row-types/project-types.js';
import { createTestDatabase, type TestDatabase } from '../database.js';
import { startSession, type KernelSession } from './session.js';

const month = `    /** Customers of each month. */
    'gold.month': {
      /** Its first day. */
      month: string;
      customers: bigint;
    };
`;

let database: TestDatabase;
let folder: string;
let session: KernelSession;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.owner.query(`
    create schema if not exists gold;
    create table gold.month (month date not null, customers bigint not null, note text);
    comment on table gold.month is 'Customers of each month.';
    comment on column gold.month.month is 'Its first day.';
    create table gold.plan (plan text not null, price numeric)`);
  folder = mkdtempSync(join(tmpdir(), 'daybook-sql-'));
  writeFileSync(join(folder, 'daybook-env.d.ts'), formatProjectTypes(month, ''));
  writeFileSync(join(folder, 'daybook.config.ts'), 'export default {};');
  session = await startSession({ cwd: folder, env: { DAYBOOK_READER_URL: database.readerUrl } });
});
afterAll(async () => {
  await session.stop();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const load = "import { query } from 'daybook/pipeline';";

/** Asks over a comm for the diagnostics of cells, and gives them with the text that each marks. */
async function diagnose(
  target: KernelSession,
  sources: readonly string[],
  wanted = sources.map((_, index) => index),
): Promise<readonly (readonly string[])[]> {
  const { send, answer } = await openComm(target);
  await send(1, sources, wanted);
  return marked(await answer(1), sources);
}

async function openComm(target: KernelSession) {
  const comm_id = randomUUID();
  const { channels } = target.kernel;
  const open = { comm_id, target_name: 'daybook.diagnostics', data: {} };
  await channels.send('shell', channels.request('comm_open', open));
  return {
    send: async (request: number, sources: readonly string[], wanted: readonly number[]) => {
      const cells = sources.map((source, index) => ({ id: String(index), source }));
      const data = { request, cells, wanted: wanted.map(String) };
      await channels.send('shell', channels.request('comm_msg', { comm_id, data }));
    },
    answer: async (request: number) => {
      const message = await target.find(
        (found) =>
          isMessage(found, 'comm_msg') &&
          found.content.comm_id === comm_id &&
          found.content.data['request'] === request,
      );
      const { data } = message.content as { data: { diagnostics: NotebookDiagnostics } };
      return data.diagnostics;
    },
  };
}

function marked(diagnostics: NotebookDiagnostics, sources: readonly string[]) {
  return sources.map((source, index) =>
    (diagnostics[String(index)] ?? []).map(({ severity, code, message, line, column, length }) => {
      const text = (source.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + length);
      return `${severity} ${code} at ${text}: ${message}`;
    }),
  );
}

test('what is wrong in a text is marked in it, with the name that was meant', async () => {
  const found = await diagnose(session, [
    load,
    'const a = await query(`\n  select month, custmers\n  from gold.month\n`);\na[0]?.month.toFixed();',
    "const b = await query('select \\'é\\', m.moth from gold.month as m');",
    'const c = await query("select 1 from golden.month");',
    'const d = await query(`select x.month from gold.month as m`);',
    'const e = await query(`select lowr(note) from gold.month`);',
    'const f = await query(`select 1::bigintt`);',
    'const g = await query(`select month from gold.month where customers > $1`, [true]);',
    'const h = await query(`select from gold.month were true`);',
    'const i = await query(`select $1`);',
    'const j = await query(`with a as (select month as m from gold.month) select q.mm from a as q`);',
    'const name = "gold.mnth";\nconst k = await query(`select 1 from ${name}`);',
    'const l = await query(`select gold.lower(1)`);',
    'const n = await query(`select price from pln`);',
    'const o: string = (await query(`select note from gold.month`))[0]!.note;',
  ]);
  expect(found).toEqual([
    [],
    [
      'error 42703 at custmers: column "custmers" does not exist: did you mean customers?',
      expect.stringMatching(/^error 2339 at toFixed/),
    ],
    ['error 42703 at m.moth: column m.moth does not exist: did you mean m.month?'],
    [
      'error 42P01 at golden.month: relation "golden.month" does not exist: did you mean gold.month?',
    ],
    ['error 42P01 at x.month: missing FROM-clause entry for table "x": did you mean m?'],
    [expect.stringMatching(/^error 42883 at lowr: .*did you mean lower\?$/)],
    ['error 42704 at bigintt: type "bigintt" does not exist: did you mean bigint?'],
    [expect.stringMatching(/^error 2322 at true: .*'number \| bigint'/)],
    ['error 42601 at true: syntax error at or near "true"'],
    ['error 2554 at query: Expected 2 arguments, but got 1.'],
    ['error 42703 at q.mm: column q.mm does not exist: did you mean q.m?'],
    ['error 42P01 at name: relation "gold.mnth" does not exist: did you mean gold.month?'],
    [expect.stringMatching(/^error 42883 at gold\.lower: /)],
    ['error 42P01 at pln: relation "pln" does not exist: did you mean gold.plan?'],
    [],
  ]);
});

test('of several questions the last one is answered, and only of the wanted cells', async () => {
  const { send, answer } = await openComm(session);
  const text = 'select moth from gold.month';
  const sources = (length: number) => [load, `await query(\`${text.slice(0, length)}\`);`, 'wrong'];
  for (let length = 1; length <= text.length; length += 1) await send(length, sources(length), [1]);
  expect(marked(await answer(text.length), sources(text.length))).toEqual([
    [],
    ['error 42703 at moth: column "moth" does not exist: did you mean month?'],
    [],
  ]);
});

test('a query whose types are older than its table is said to be', async () => {
  const path = join(folder, 'daybook-env.d.ts');
  const before = readFileSync(path, 'utf8');
  onTestFinished(() => {
    writeFileSync(path, before);
  });
  const known = `    /** Reads gold.month 00000000 */
    'select month from gold.month': {
      row: {
        month: number;
      };
      parameters: [];
    };
`;
  writeFileSync(path, formatProjectTypes(month, known));
  const [, found] = await diagnose(session, [
    load,
    'const [row] = await query(`select month from gold.month`);\nrow?.month.toFixed();',
  ]);
  expect(found).toEqual([
    expect.stringMatching(/^error 2551 at toFixed: .* type 'string'/),
    'warning -STALE at s: the types of this query are older than gold.month: npx daybook notebooks check --update',
  ]);
});

test('without a warehouse nothing is said of queries', async () => {
  const away = await startSession({
    cwd: folder,
    env: { DAYBOOK_READER_URL: 'postgres://nobody@127.0.0.1:1/none' },
  });
  onTestFinished(() => away.stop());
  const cells = [load, 'await query(`select moth from gold.month`);\nmissing;'];
  expect(await diagnose(away, cells)).toEqual([
    [],
    ["error 2304 at missing: Cannot find name 'missing'."],
  ]);
});

/** Completes where `|` stands in a query, and gives the matches with their types and what they replace. */
async function complete(sql: string, quote = '`'): Promise<string[]> {
  const marked = `await query(${quote}${sql}${quote});`;
  const code = marked.replace('|', '');
  const cursor_pos = Array.from(marked.slice(0, marked.indexOf('|'))).length;
  const reply = await session.ask('shell', 'complete_request', { code, cursor_pos });
  const types = (reply['metadata'] as { _jupyter_types_experimental: { type: string }[] })
    ._jupyter_types_experimental;
  const start = Array.from(code)
    .slice(reply['cursor_start'] as number, cursor_pos)
    .join('');
  return (reply['matches'] as string[]).map(
    (text, index) => `${start}>${text} ${types[index]?.type}`,
  );
}

test('names in a query complete: what is in scope, with types and descriptions', async () => {
  await session.run(load);
  const [first] = await complete('select cu| from gold.month');
  expect(first).toBe('cu>customers bigint');
  expect(await complete('select m.| from gold.month as m')).toEqual([
    '>month date',
    '>customers bigint',
    '>note text',
  ]);
  expect(await complete('select 𝄞, mo| from gold.month', "'")).toContain('mo>month date');
  expect(await complete('select * from gold.m|')).toEqual(['m>month table']);
  expect(await complete('select * from mon|')).toEqual(['mon>gold.month table']);
  expect(
    await complete('with recent as (select month as m from gold.month) select * from rec|'),
  ).toEqual(['rec>recent table']);
  expect(
    await complete('with recent as (select month as m from gold.month) select r.| from recent r'),
  ).toEqual(['>m date']);
  expect(await complete('select month::ti| from gold.month')).toEqual(
    expect.arrayContaining(['ti>timestamp with time zone type']),
  );
  expect(await complete('select month from gold.month wh|')).toEqual(['wh>where keyword']);
  expect(await complete('select month from gold.month where month is n|')).toEqual(
    expect.arrayContaining(['n>not keyword']),
  );
  expect(await complete('select date_tr|(1) from gold.month')).toEqual([
    'date_tr>date_trunc function',
  ]);
  expect(await complete("select \\'cu|\\' from gold.month", "'")).toEqual([]);
  expect(await complete('select 1 -- cu|')).toEqual([]);
});

test('the name under the pointer says what it is', async () => {
  const inspect = async (marked: string) => {
    const code = `await query(\`${marked.replace('|', '')}\`);`;
    const cursor_pos = 'await query(`'.length + marked.indexOf('|');
    const reply = await session.ask('shell', 'inspect_request', { code, cursor_pos });
    return (reply['data'] as Record<string, string>)['text/plain'];
  };
  expect(await inspect('select mon|th from gold.month')).toBe(
    'gold.month.month date not null\n\nIts first day.',
  );
  expect(await inspect('select m.no|te from gold.month as m')).toBe('gold.month.note text null');
  expect(await inspect('select 1 from gold.mon|th')).toBe(
    'table gold.month (\n  month date not null,\n  customers bigint not null,\n  note text null\n)\n\nCustomers of each month.',
  );
  expect(await inspect('select m|.month from gold.month as m')).toMatch(/^table gold\.month/);
  expect(await inspect('select go|ld.month.note from gold.month')).toMatch(/^schema gold/);
  expect(await inspect('select upp|er(note) from gold.month')).toContain('upper(text) → text');
  expect(await inspect('with a as (select month as m from gold.month) select * from |a')).toBe(
    'a (\n  m date not null\n)',
  );
  expect(await inspect('select nothing| from gold.month')).toBeUndefined();
});

test('in a SQL cell, too, names complete, say what they are, and mistakes are marked', async () => {
  const ask = async (marked: string) => {
    const cursor_pos = marked.indexOf('|');
    const content = { code: marked.replace('|', ''), cursor_pos };
    const completed = await session.ask('shell', 'complete_request', content);
    const inspected = await session.ask('shell', 'inspect_request', content);
    const documentation = (inspected['data'] as Record<string, string>)['text/plain'];
    return { matches: completed['matches'], documentation };
  };
  expect(await ask('%%sql months\nselect mon| from gold.month')).toMatchObject({
    matches: expect.arrayContaining(['month']) as unknown,
  });
  expect((await ask('%%sql months\nselect * from |')).matches).toContain('gold.month');
  expect((await ask('%%sql months\nselect month| from gold.month')).documentation).toBe(
    'gold.month.month date not null\n\nIts first day.',
  );
  const cells = [load, '%%sql months\nselect moth from gold.month\nwhere customers > ${1}'];
  expect(await diagnose(session, cells)).toEqual([
    [],
    [expect.stringMatching(/^error 42703 at moth: .*did you mean month\?$/)],
  ]);
});

/** Has a cell formatted with the cursor where `|` stands, and gives what it is then, or what is said. */
async function format(marked: string, language?: object): Promise<unknown> {
  const source = marked.replace('|', '');
  const comm_id = randomUUID();
  const { channels } = session.kernel;
  const data = { source, position: marked.indexOf('|'), ...(language && { language }) };
  const open = { comm_id, target_name: 'daybook.format', data };
  await channels.send('shell', channels.request('comm_open', open));
  const ofComm = (type: 'comm_msg' | 'comm_close') =>
    session.find((found) => isMessage(found, type) && found.content.comm_id === comm_id);
  const { content } = await ofComm('comm_msg');
  await ofComm('comm_close');
  const { formatted } = (content as { data: { formatted: FormattedQuery | null } }).data;
  if (formatted?.ok !== true) return formatted;
  if (formatted.edit === undefined) return source;
  const { start, end, text } = formatted.edit;
  return source.slice(0, start) + text + source.slice(end);
}

test('the SQL that the cursor is in is formatted, and no other', async () => {
  await session.run(load);
  expect(
    await format("const a = await query('select  1 as a');\n  await query(`SELECT '𝄞', |2\n`);"),
  ).toBe("const a = await query('select  1 as a');\n  await query(`\n    select '𝄞', 2\n  `);");
  expect(await format('%%sql plans\nselect plan|\n from gold.plan where price>${ 1 }')).toBe(
    '%%sql plans\nselect plan\nfrom gold.plan\nwhere price > ${ 1 }',
  );
  expect(await format('|SELECT 1', { name: 'one' })).toBe('select 1');
  expect(await format('const text =| 1;\nawait query(`select 1`);')).toBeNull();
  expect(await format('%%sql\nselect |from from')).toEqual({
    ok: false,
    start: 6,
    reason: 'Postgres cannot parse it: syntax error at or near "from"',
  });
});
