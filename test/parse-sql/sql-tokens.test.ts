import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { scan } from 'libpg-query';
import { expect, test } from 'vitest';
import { dottedNameAt, sqlTokens, wordLength } from '../../src/parse-sql/sql-tokens.js';

const corpus = readFileSync(join(import.meta.dirname, '../input/queries.sql'), 'utf8');

test('tokens are those of Postgres', async () => {
  const more = `${corpus}
    select 'a''b', E'it\\'s', e'a\\\\', $$x$y$$, $tag$ $$ $tag$, U&"d\\0061t", "a""b", 0x1F, 1e3, .5, 1.5, b'01',
      /* a /* nested */ comment */ x::int, a[1:2], -- to the end
      f(a => 1), 1<2, @-1, a->>'b', a#>>'{b}', é, "select" from t where $1 = any ($2);`;
  const ours = sqlTokens(more)
    .filter(({ kind }) => kind !== 'comment')
    .map(({ text }) => text);
  const theirs = (await scan(more)).tokens
    .filter(({ text }) => !/^(?:--|\/\*)/.test(text))
    .map(({ text }) => text);
  expect(ours).toEqual(theirs);
});

test('any text has tokens, one after the other', () => {
  const part = fc.constantFrom(
    "'",
    '"',
    '$$',
    '$1',
    '/*',
    '*/',
    '--',
    '\n',
    'select',
    '(',
    '.',
    '\\',
    '𝄞',
    ' ',
    '+',
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const sql = parts.join('');
      let end = 0;
      for (const token of sqlTokens(sql)) {
        expect(token.start).toBeGreaterThanOrEqual(end);
        expect(sql.slice(end, token.start).trim()).toBe('');
        expect(token.text).toBe(sql.slice(token.start, token.end));
        expect(token.text).not.toBe('');
        end = token.end;
      }
      expect(sql.slice(end).trim()).toBe('');
    }),
  );
});

test.each([
  ["select 'abc", true],
  ["select 'abc'", false],
  ["select 'a''", true],
  ["select E'a\\'", true],
  ['select "abc', true],
  ['select $a$ b $a', true],
  ['select $a$ b $a$', false],
  ['/* a /* b */', true],
  ['/* a */', false],
])('%s is open: %s', (sql, isOpen) => {
  expect(sqlTokens(sql).at(-1)?.isOpen).toBe(isOpen);
});

test('a name has all of its parts', () => {
  const sql = 'select Gold."Month" . x from y';
  expect(dottedNameAt(sqlTokens(sql), 14)).toEqual({
    parts: ['gold', 'Month', 'x'],
    start: 7,
    end: 23,
  });
  expect(dottedNameAt(sqlTokens(sql), 6)).toBeUndefined();
  expect(wordLength(sql, 7)).toBe(16);
  expect(wordLength('a <> b', 2)).toBe(2);
  expect(wordLength('a', 1)).toBe(1);
});
