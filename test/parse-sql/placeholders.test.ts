import { expect, test } from 'vitest';
import { scanSql } from '../../src/parse-sql/placeholders.js';

/** What is open at the end of a text without placeholders. */
const isClosed = (sql: string) => scanSql(sql, () => undefined).isClosed;

test.each([
  ['select 1', true],
  ["select 'a'", true],
  ["select 'a", false],
  ["select e'it\\'s", false],
  ['select "a', false],
  ['select $x$ a', false],
  ['select $x$ a $x$', true],
  ['select (1', false],
  ['select 1) -- (', true],
  ['select 1 /* a /* b */ */', true],
  ['select 1 /* a /* b */', false],
])('%s', (sql, expected) => {
  expect(isClosed(sql)).toBe(expected);
});
