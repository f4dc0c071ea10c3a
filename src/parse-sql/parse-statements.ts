// Parsing of SQL with Postgres's own parser.

import type { ParseResult } from 'libpg-query';

/** A node of Postgres's parse tree: an object with one key, its kind; with lists and values inside. */
export type Tree = Readonly<Record<string, unknown>>;

/** A statement of a text. Offsets are characters, from 0. */
export interface Statement {
  readonly tree: Tree;
  readonly start: number;
  readonly end: number;
}

/** A parsed text, or where and why it is invalid. */
export type ParsedStatements =
  | {
      readonly ok: true;
      readonly statements: readonly Statement[];
      /** Converts an offset of the tree, in bytes of UTF-8, into characters. */
      readonly characters: (byteOffset: number) => number;
    }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/**
 * Parses SQL with Postgres's own parser.
 *
 * @param text - Any number of statements.
 */
export async function parseStatements(text: string): Promise<ParsedStatements> {
  // Postgres's parser takes 30 ms to load, so it is loaded on demand.
  const { hasSqlDetails, parse } = await import('libpg-query');
  let result: ParseResult;
  try {
    result = await parse(text);
  } catch (error) {
    if (!hasSqlDetails(error)) throw error;
    const offset = offsetOfCodePoint(text, error.sqlDetails?.cursorPosition ?? 0);
    return { ok: false, offset, message: error.message };
  }
  const characters = byteToCharacter(text);
  const statements = (result.stmts ?? []).flatMap(({ stmt, stmt_location = 0, stmt_len }) => {
    if (stmt === undefined) return [];
    const end = stmt_len === undefined ? text.length : characters(stmt_location + stmt_len);
    return [{ tree: stmt, start: characters(stmt_location), end }];
  });
  return { ok: true, statements, characters };
}

/** Postgres counts bytes of UTF-8, editors and JavaScript count characters. */
function byteToCharacter(text: string): (byteOffset: number) => number {
  const bytes = Buffer.from(text);
  if (bytes.length === text.length) return (byteOffset) => byteOffset;
  return (byteOffset) => bytes.toString('utf8', 0, byteOffset).length;
}

/** The nodes of a list of the tree; empty where there is none. */
export function nodes(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? (value as Tree[]) : [];
}

/** The texts of `String` nodes, such as the parts of a name. */
export function strings(value: unknown): string[] {
  return nodes(value).flatMap(
    (node) => (node['String'] as { sval?: string } | undefined)?.sval ?? [],
  );
}

/**
 * Converts a position of Postgres's, in code points, into characters: characters beyond U+FFFF, like most emoji,
 * count as two in JavaScript and editors.
 *
 * @param codePoints - From 0.
 * @returns In characters of the string, from 0.
 */
export function offsetOfCodePoint(text: string, codePoints: number): number {
  let offset = 0;
  for (const character of text) {
    if (codePoints <= 0) break;
    codePoints -= 1;
    offset += character.length;
  }
  return offset;
}
