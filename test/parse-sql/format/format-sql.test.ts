import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseProjectTypes } from '../../../src/row-types/project-types.js';
import { formatSql } from '../../../src/parse-sql/format/format-sql.js';
import { parseStatements } from '../../../src/parse-sql/parse-statements.js';
import { scanSql } from '../../../src/parse-sql/placeholders.js';
import { sqlTokens } from '../../../src/parse-sql/sql-tokens.js';

async function formatted(sql: string): Promise<string> {
  const closing = (start: number) => sql.indexOf('}', start);
  const made = await formatSql(sql, { placeholders: scanSql(sql, closing).placeholders });
  return made.ok ? made.sql : `stays: ${made.reason}`;
}

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Queries of all kinds, and those of the shipped notebooks. */
async function corpus(): Promise<string[]> {
  const text = read('test/input/queries.sql');
  const parsed = await parseStatements(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const shipped = parseProjectTypes(read('daybook-env.d.ts')).queries.keys();
  return [...parsed.statements.map(({ start, end }) => text.slice(start, end).trim()), ...shipped];
}

/** What the parser reads, without places. */
async function treesOf(sql: string): Promise<unknown> {
  const parsed = await parseStatements(sql);
  if (!parsed.ok) throw new Error(`${parsed.message} in ${sql}`);
  const trees = parsed.statements.map(({ tree }) => tree);
  const text = JSON.stringify(trees, (key, value: unknown) =>
    /location|list_start|list_end/.test(key) ? undefined : value,
  );
  return JSON.parse(text);
}

test('a formatted query means what it meant, and is formatted', { timeout: 60_000 }, async () => {
  const stayed: string[] = [];
  const all = await corpus();
  for (const [index, sql] of all.entries()) {
    // As it is, as several lines, with a line for each clause.
    const ways = [sql, `\n${sql}\n`, sql.replaceAll(/ (?=from|where|order)/g, '\n')];
    const text = ways[index % ways.length] ?? sql;
    const once = await formatted(text);
    if (once.startsWith('stays: ')) {
      stayed.push(`${sql}: ${once}`);
      continue;
    }
    expect(await treesOf(once)).toEqual(await treesOf(sql));
    expect(await formatted(once), sql).toBe(once);
  }
  expect(all.length).toBeGreaterThan(600);
  expect(stayed).toEqual([]);
});

test('space and the case of words are all that a formatted query is free of', async () => {
  const queries = (await corpus()).filter((sql) => !sql.includes('--'));
  const space = fc.constantFrom(' ', '\n', '\n\n  ', '\t', ' /* why */ ', ' -- why\n');
  const written = fc
    .tuple(fc.constantFrom(...queries), fc.infiniteStream(space), fc.boolean())
    .map(([sql, spaces, isLoud]) => {
      const parts = sqlTokens(sql).map(({ kind, text, start }, index) => {
        const isGlued = start === 0 || !/\s/.test(sql.charAt(start - 1));
        const value: string = isGlued ? '' : String(spaces.next().value);
        return value + (isLoud && kind === 'name' && index > 0 ? text.toUpperCase() : text);
      });
      return { sql, text: parts.join('') };
    });
  await fc.assert(
    fc.asyncProperty(written, async ({ sql, text }) => {
      const once = await formatted(text);
      // Where the formatter cannot be sure, the text stays.
      if (once.startsWith('stays: ')) return;
      expect(await treesOf(once)).toEqual(await treesOf(sql));
      const comments = (of: string) =>
        sqlTokens(of).filter(({ kind }) => kind === 'comment').length;
      expect(comments(once)).toBe(comments(text));
      expect(await formatted(once)).toBe(once);
    }),
    { numRuns: 200 },
  );
});

test('clauses stand on lines of their own, what fits on one is one', async () => {
  expect(
    await formatted(`with login as (SELECT account, occurred_at - lag(occurred_at) over (partition by account
      order by occurred_at) as gap from bronze.log_event, silver.report where log_type = 'LOGIN' and
      occurred_at < as_of) select Count(*) as logged_in, -- not null: logged_in
      max(extract(epoch from gap) / 86400)::FLOAT8 as days, \${ province } as province
      from login l left join (select account, max(changed_at) as changed_at from silver.plan_change group by account) as p
      on p.account = l.account and p.changed_at > timestamp '2020-01-01 00:00' and p.changed_at < now()
      where exists (select from silver.customer c where c.account = l.account) and \${ year } = 3`),
  ).toMatchInlineSnapshot(`
    "with login as (
      select
        account,
        occurred_at - lag(occurred_at) over (partition by account order by occurred_at) as gap
      from bronze.log_event, silver.report
      where log_type = 'LOGIN' and occurred_at < as_of
    )
    select
      count(*) as logged_in, -- not null: logged_in
      max(extract(epoch from gap) / 86400)::FLOAT8 as days,
      \${ province } as province
    from login l
    left join (
      select account, max(changed_at) as changed_at
      from silver.plan_change
      group by account
    ) as p on p.account = l.account
      and p.changed_at > timestamp '2020-01-01 00:00'
      and p.changed_at < now()
    where exists (select from silver.customer c where c.account = l.account) and \${ year } = 3"
  `);
  expect(await formatted('SELECT a,b FROM t WHERE a=1')).toBe('select a, b from t where a = 1');
});

test('what has several lines stays as it is', async () => {
  const text = `select 'two
    lines' as a, /* of a
  comment */ b, \${[1, 2]
    .map((one) => one + 1)} as c from t`;
  const once = await formatted(text);
  for (const part of [
    "'two\n    lines'",
    '/* of a\n  comment */',
    '${[1, 2]\n    .map((one) => one + 1)}',
  ])
    expect(once).toContain(part);
  expect(await formatted(once)).toBe(once);
});

test.each([
  ['select from where', 'stays: Postgres cannot parse it: syntax error at or near "where"'],
  // The formatter knows neither that a text goes on, nor those of a nation, nor each operator.
  ["select 'a'\n'b'", 'stays: formatted, it would mean something else'],
  ["select n'a'", 'stays: formatted, it would mean something else'],
  ['select a ##= b', 'stays: formatted, it would mean something else'],
  ['select $é$ a $é$', 'stays: the formatter cannot read it'],
  ['-- nothing yet', 'stays: there is no query in it'],
])('%j stays as it is', async (sql, reason) => {
  expect(await formatted(sql)).toBe(reason);
});
