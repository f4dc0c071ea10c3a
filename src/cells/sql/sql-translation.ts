// SQL cells as TypeScript: a query with bound parameters, whose rows are a constant.

import { scanSql, type Placeholder, type ScannedSql } from '../../parse-sql/placeholders.js';
import { sqlCell, type SqlLanguage } from '../../parse-sql/sql-cell.js';
import type { CellDiagnostic } from '../cell-diagnostic.js';
import { endOfExpression } from './end-of-expression.js';
import type { TextPlaces } from './text-places.js';
import { Translation } from './translation.js';
import { ts } from '../compiler/typescript.js';

/** A SQL cell as TypeScript. */
export interface TranslatedSql {
  readonly translation: Translation;
  /** The statement that Postgres gets, and where its text stands in the cell. */
  readonly sql: string;
  readonly places: TextPlaces;
  /** The constant that its rows are called. */
  readonly name: string | undefined;
  /** What is wrong with it before TypeScript and Postgres read it. */
  readonly problems: readonly CellDiagnostic[];
}

/** The statements of results by the constants that hold them. */
export type Statements = ReadonlyMap<string, string>;

const pipeline = '(await import("daybook/pipeline"))';

/**
 * Translates a SQL cell. Undefined: the cell is not SQL.
 *
 * `${expression}` becomes a parameter; after `from` and `join` it is the name of a result, whose statement becomes a
 * common table expression with its own parameters.
 *
 * @param language - What the cell's metadata says; undefined: that it is in the notebook's language.
 * @param statements - Of the results that the cell may read.
 */
export function translateSql(
  source: string,
  language: SqlLanguage | undefined,
  statements: Statements,
): TranslatedSql | undefined {
  const cell = sqlCell(source, language);
  if (cell === undefined) return undefined;
  const { name, nameAt, start } = cell;
  const text = source.slice(start);
  const scanned = scanSql(text, (from) => endOfExpression(text, from));
  const problems: CellDiagnostic[] = [];
  const report = (at: number, length: number, message: string) => {
    const before = source.slice(0, at).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    problems.push({ code: '-CELL', message, line: before.length, column, length });
  };
  if (name !== undefined && !isName(name)) {
    report(nameAt, name.length, `'${name}' is no name of a constant: %%sql months`);
  }
  if (scanned.end === 0) report(Math.max(0, start - 1), 1, 'this SQL cell has no query yet');
  for (const { start: at, end } of scanned.numbers) {
    report(start + at, end - at, 'parameters of a SQL cell are written ${expression}');
  }
  const placed = scanned.placeholders.map((one) => ({
    ...one,
    expression: text.slice(one.start + 2, one.end - 1).trim(),
  }));
  for (const { kind, start: at, end, isClosed, expression } of placed) {
    const message = !isClosed
      ? 'this ${ is not closed by }'
      : kind === 'quoted'
        ? 'within quotes ${…} would be text: write it without them, it becomes a parameter'
        : expression === ''
          ? '${} needs an expression'
          : kind === 'relation' && !statements.has(expression)
            ? `${expression} is no unmodified result of a query: after from and join \${…} takes the name of an ` +
              "earlier SQL cell, or of a constant that is set to `await query('…')`"
            : undefined;
    if (message !== undefined) report(start + at, end - at, message);
  }
  const isWhole = problems.length === 0;
  const composed = isWhole
    ? compose(text, start, scanned, placed, statements)
    : { sql: '', places: [], results: [] };
  return {
    translation: isWhole
      ? translate(source, cell, placed, composed)
      : new Translation().add(broken(name), nameAt),
    ...{ sql: composed.sql, places: composed.places, problems },
    name: name !== undefined && isName(name) ? name : undefined,
  };
}

/** Whether all that a SQL cell opens is closed: quotes, comments, brackets, expressions; and there is any of it. */
export function isClosedSql(source: string, language: SqlLanguage | undefined): boolean {
  const text = source.slice(sqlCell(source, language)?.start);
  const { isClosed, end } = scanSql(text, (from) => endOfExpression(text, from));
  return isClosed && end > 0;
}

/** What stands for a cell that cannot be translated: its name is known, and nothing of its rows. */
function broken(name: string | undefined): string {
  return name !== undefined && isName(name) ? `const ${name}: any[] = [];` : '';
}

interface PlacedExpression extends Placeholder {
  readonly expression: string;
}

interface ComposedQuery {
  readonly sql: string;
  readonly places: TextPlaces;
  /** The results that it reads, each with its statement, in the order of their parameters. */
  readonly results: readonly (readonly [name: string, sql: string])[];
}

/** The statement of a cell: with numbers for values, and common table expressions for results. */
function compose(
  text: string,
  start: number,
  { firstWord }: ScannedSql,
  placed: readonly PlacedExpression[],
  statements: Statements,
): ComposedQuery {
  const values = placed.filter(({ kind }) => kind === 'value');
  const names = [
    ...new Set(placed.flatMap((one) => (one.kind === 'relation' ? [one.expression] : []))),
  ];
  const results = names.map((name) => [name, statements.get(name) ?? ''] as const);
  let sql = '';
  const places: (readonly [number, number])[] = [];
  let last = 0;
  const addText = (end: number) => {
    if (end > last) places.push([sql.length, start + last]);
    sql += text.slice(last, end);
    last = end;
  };
  const addOther = (other: string, at: number) => {
    if (other !== '') places.push([sql.length, start + at]);
    sql += other;
  };
  if (results.length > 0) {
    // Own values come first, so that their numbers say nothing of what is read.
    let number = values.length;
    const tables = results.map(([name, statement]) => {
      const table = `${relationName(name)} as (\n${withNumbersFrom(statement, number)}\n)`;
      number += parameterCount(statement);
      return table;
    });
    const word = text.slice(firstWord?.start, firstWord?.end).toLowerCase();
    const recursive = /^\s+recursive\b/i.exec(text.slice(firstWord?.end))?.[0] ?? '';
    if (firstWord !== undefined && word === 'with') {
      addText(firstWord.end + recursive.length);
      addOther(` ${tables.join(', ')},`, last);
    } else addOther(`with ${tables.join(', ')}\n`, 0);
  }
  for (const { kind, start: at, end, expression } of placed) {
    addText(at);
    const number = values.findIndex((value) => value.start === at) + 1;
    addOther(kind === 'value' ? `$${number}` : relationName(expression), at);
    last = end;
  }
  addText(text.trimEnd().length);
  return { sql, places: [...places, [sql.length, start + last]], results };
}

/** The TypeScript of a cell; expressions stand in it as they are. */
function translate(
  source: string,
  { name, nameAt, start }: { name: string | undefined; nameAt: number; start: number },
  placed: readonly PlacedExpression[],
  { sql, results }: ComposedQuery,
): Translation {
  const made = new Translation();
  if (name !== undefined) {
    made.add('const ', nameAt);
    if (source.startsWith(name, nameAt)) made.addPart(source, nameAt, nameAt + name.length);
    else made.add(name, nameAt);
    made.add(' = ', nameAt);
  }
  made.add(`await ${pipeline}.query(${JSON.stringify(sql)}, [`, start);
  for (const { kind, start: at, end } of placed) {
    if (kind !== 'value') continue;
    made.add('(', start + at + 2);
    made.addPart(source, start + at + 2, start + end - 1);
    // A comment may end the expression.
    made.add('\n), ', start + end - 1);
  }
  for (const [result, statement] of results) {
    const at = start + (placed.find(({ expression }) => expression === result)?.start ?? 0) + 2;
    made.add(`...${pipeline}.parametersOf(${result}, ${JSON.stringify(statement)}), `, at);
  }
  made.add(']);', start);
  if (name !== undefined) made.add(`\n${name};`, nameAt);
  return made;
}

/** A constant's name as that of a relation: Postgres reads names without quotes in small letters. */
function relationName(name: string): string {
  return `"${name.toLowerCase()}"`;
}

/** How many parameters a statement has. */
function parameterCount(sql: string): number {
  return Math.max(0, ...numbersIn(sql).map(({ number }) => number));
}

/** A statement to stand in another one: without comments, its parameters numbered from a number on. */
function withNumbersFrom(sql: string, first: number): string {
  const { comments, end } = scanSql(sql, (at) => at);
  const parts = [
    ...comments.map(({ start, end: to }) => ({ start, end: to, text: ' ' })),
    ...numbersIn(sql).map(({ start, end: to, number }) => ({
      ...{ start, end: to, text: `$${number + first}` },
    })),
  ].sort((a, b) => a.start - b.start);
  let text = '';
  let last = 0;
  for (const part of parts) {
    if (part.start >= end) break;
    text += sql.slice(last, part.start) + part.text;
    last = part.end;
  }
  return (text + sql.slice(last, end)).trim();
}

function numbersIn(sql: string) {
  const { numbers } = scanSql(sql, (at) => at);
  return numbers.map((range) => ({
    ...range,
    number: Number(sql.slice(range.start + 1, range.end)),
  }));
}

function isName(text: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, undefined, text);
  const token = scanner.scan();
  const isWord = token === ts.SyntaxKind.Identifier || token > ts.SyntaxKind.LastReservedWord;
  return isWord && scanner.getTokenEnd() === text.length;
}
