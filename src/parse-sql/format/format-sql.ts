// Formatting of SQL that keeps its meaning.

import { nodes, parseStatements, type Tree } from '../parse-statements.js';
import type { Placeholder } from '../placeholders.js';
import { layoutSql } from './sql-layout.js';
import { sqlTokens } from '../sql-tokens.js';

/** A formatted text, or why it stays as it is. */
export type FormattedSql =
  | { readonly ok: true; readonly sql: string }
  | { readonly ok: false; readonly reason: string };

/** What {@link formatSql} may be told of a text. */
export interface FormatOptions {
  /** Parts that stay character by character. */
  readonly placeholders?: readonly Placeholder[];
  /** Stands before each line. Default: nothing. */
  readonly indent?: string;
  /** Whether it stands on one line, where it fits. Default: a text of one line does. */
  readonly isOneLine?: boolean;
}

/** A part of the text that the formatter does not read. */
interface Kept {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What the parser gets in its place. */
  readonly parsed: string;
  readonly isComment: boolean;
}

/** Characters of private use: no query has them. */
const standIn = /\uE000\uE001*\uE002/g;

/**
 * Formats a query: keywords in small letters, a clause a line, two spaces a step, what fits within 100 characters on one
 * line. A text whose parse tree or comments would be others, or that cannot be parsed, stays as it is.
 *
 * @returns Without white space around it.
 */
export async function formatSql(
  text: string,
  { placeholders = [], indent = '', isOneLine = !text.trim().includes('\n') }: FormatOptions = {},
): Promise<FormattedSql> {
  const kept = keptParts(text, placeholders);
  const before = replaced(text, kept, ({ parsed }) => parsed);
  const parsed = await parseStatements(before);
  if (!parsed.ok) return { ok: false, reason: `Postgres cannot parse it: ${parsed.message}` };
  if (parsed.statements.length === 0) return { ok: false, reason: 'there is no query in it' };
  const { formatLines } = await import('./format-lines.js');
  const formatted = formatLines(replaced(text, kept, standInOf), standIn);
  if (formatted === undefined) return { ok: false, reason: 'the formatter cannot read it' };
  const lines = layoutSql(formatted, isOneLine).split('\n');
  const laidOut = lines
    .map((line) => indent + line)
    .join('\n')
    .trim();
  const putBack = (textOf: (part: Kept) => string) => {
    let index = 0;
    return laidOut
      .replaceAll(/\/\*(\uE000\uE001*\uE002)\*\//g, '$1')
      .replaceAll(standIn, () => textOf(kept[index++] ?? { ...nothing }));
  };
  const after = putBack(({ parsed: part }) => part);
  const isSame = (await meaningOf(before)) === (await meaningOf(after));
  return isSame
    ? { ok: true, sql: putBack((part) => part.text) }
    : { ok: false, reason: 'formatted, it would mean something else' };
}

const nothing: Kept = { start: 0, end: 0, text: '', parsed: '', isComment: false };

/** Placeholders, and tokens of several lines: their lines are not ours to indent. */
function keptParts(text: string, placeholders: readonly Placeholder[]): Kept[] {
  const parts = placeholders.map(({ start, end, kind }, index): Kept => ({
    ...{ start, end, text: text.slice(start, end), isComment: false },
    parsed: kind === 'relation' ? `"relation ${index + 1}"` : `$${index + 1}`,
  }));
  // Of the same length, so that offsets are those of the text.
  const readable = replaced(text, parts, (part) => '\uE000'.repeat(part.end - part.start));
  for (const { kind, start, end, text: token } of sqlTokens(readable)) {
    if (!token.includes('\n')) continue;
    const own = text.slice(start, end);
    parts.push({ start, end, text: own, parsed: own, isComment: kind === 'comment' });
  }
  return parts.sort((a, b) => a.start - b.start);
}

/** What the formatter reads instead: a parameter of the same width, or a comment. */
function standInOf({ text, isComment }: Kept): string {
  const filler = `\uE000${'\uE001'.repeat(Math.max(0, text.length - 2))}\uE002`;
  return isComment ? `/*${filler}*/` : filler;
}

function replaced(text: string, parts: readonly Kept[], by: (part: Kept) => string): string {
  let made = '';
  let last = 0;
  for (const part of parts) {
    made += text.slice(last, part.start) + by(part);
    last = part.end;
  }
  return made + text.slice(last);
}

/** What must stay as it is: the parse tree, places aside, and the comments. */
async function meaningOf(sql: string): Promise<string> {
  const parsed = await parseStatements(sql);
  const comments = sqlTokens(sql).flatMap(({ kind, text }) =>
    kind === 'comment' ? [text.trimEnd()] : [],
  );
  const trees: readonly Tree[] = parsed.ok ? nodes(parsed.statements.map(({ tree }) => tree)) : [];
  return JSON.stringify([trees, comments], (key, value: unknown) =>
    placeKeys.test(key) ? undefined : value,
  );
}

/** Members of the tree that say where something stands. */
const placeKeys = /location$|^(?:rexpr_)?list_(?:start|end)$/;
