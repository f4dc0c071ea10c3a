// Formatting of the SQL in a cell: of a SQL cell, or of a literal in TypeScript.

import type { Node, StringLiteralLike, TemplateExpression } from 'typescript';
import { formatSql } from '../../parse-sql/format/format-sql.js';
import { scanSql } from '../../parse-sql/placeholders.js';
import { sqlCell, type SqlLanguage } from '../../parse-sql/sql-cell.js';
import { ts } from '../compiler/typescript.js';
import { endOfExpression } from './end-of-expression.js';
import type { TextPlaces } from './text-places.js';

/** A change of a cell's text. Offsets count characters from 0. */
export interface CellEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** How a text changes when it is formatted, or why it stays as it is. */
export type FormattedQuery =
  | { readonly ok: true; /** Undefined: it is formatted. */ readonly edit: CellEdit | undefined }
  | { readonly ok: false; readonly start: number; readonly reason: string };

/** Formats the SQL of a cell; undefined: the cell is not SQL. */
export async function formatSqlCell(
  source: string,
  language: SqlLanguage | undefined,
): Promise<FormattedQuery | undefined> {
  const cell = sqlCell(source, language);
  if (cell === undefined) return undefined;
  const { start } = cell;
  const text = source.slice(start);
  const { placeholders } = scanSql(text, (from) => endOfExpression(text, from));
  const wrong = placeholders.find(({ kind, isClosed }) => kind === 'quoted' || !isClosed);
  if (wrong !== undefined) {
    return { ok: false, start: start + wrong.start, reason: 'a ${…} in it cannot be a parameter' };
  }
  const formatted = await formatSql(text, { placeholders });
  if (!formatted.ok) return { ok: false, start, reason: formatted.reason };
  return editOf(source, start, source.length, formatted.sql);
}

/**
 * Formats the text of a query where it is a literal of the cell. A text in quotes stays in them where it fits on a
 * line; any other is a template whose lines are indented below the statement.
 *
 * @param places - Of the query's text in the cell.
 */
export async function formatLiteral(source: string, places: TextPlaces): Promise<FormattedQuery> {
  const start = places[0]?.[1] ?? 0;
  const literal = literalAt(source, start);
  if (literal === undefined) return { ok: false, start, reason: 'its text stands elsewhere' };
  if (ts.isTemplateExpression(literal)) {
    return { ok: false, start, reason: 'it is put together of parts' };
  }
  const { text, end } = literal;
  const before = source.slice(0, start).split('\n').at(-1) ?? '';
  const [indent = ''] = /^[^\S\n]*/.exec(before) ?? [];
  const isOneLine = !text.includes('\n');
  const formatted = await formatSql(text, { indent: `${indent}  `, isOneLine });
  if (!formatted.ok) return { ok: false, start, reason: formatted.reason };
  const { sql } = formatted;
  const quote = source.charAt(start - 1);
  const isTemplate = !isOneLine || sql.includes('\n');
  const written = isTemplate
    ? `\`\n${indent}  ${escaped(sql, '`')}\n${indent}\``
    : quote + escaped(sql, quote) + quote;
  return editOf(source, start - 1, end, written);
}

function editOf(source: string, start: number, end: number, text: string): FormattedQuery {
  const isChanged = source.slice(start, end) !== text;
  return { ok: true, edit: isChanged ? { start, end, text } : undefined };
}

/** A text as it stands in a literal. */
function escaped(text: string, quote: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\r', '\\r')
    .replaceAll('${', quote === '`' ? '\\${' : '${');
}

/** The literal whose text begins at an offset. */
function literalAt(
  source: string,
  start: number,
): StringLiteralLike | TemplateExpression | undefined {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, true);
  const find = (node: Node): StringLiteralLike | TemplateExpression | undefined =>
    (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) &&
    node.getStart(file) === start - 1
      ? node
      : ts.forEachChild(node, find);
  return find(file);
}
