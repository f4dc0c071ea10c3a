// A cell as its program reads it: its TypeScript, of a SQL cell the translation, and what it declares.

import type { SqlLanguage } from '../parse-sql/sql-cell.js';
import type { DeclaredName } from './names/declared-name.js';
import { declaredNames } from './names/declared-names.js';
import { closingObject, parseCell } from './last-expression.js';
import { resultStatements } from './sql/result-statements.js';
import type { CellText } from './source-files.js';
import { translateSql, type Statements, type TranslatedSql } from './sql/sql-translation.js';
import { ts } from './compiler/typescript.js';

/** A cell's code, with what its metadata says of its language. */
export interface CellSource {
  readonly source: string;
  /** Undefined: it is in the notebook's language, unless its first line says otherwise. */
  readonly language?: SqlLanguage | undefined;
}

/** A cell as TypeScript, before other cells are known. */
export interface ReadCell extends Pick<CellText, 'object'> {
  /** Of a SQL cell, its translation. */
  readonly code: string;
  /** Undefined: it is TypeScript. */
  readonly sql: TranslatedSql | undefined;
  readonly declares: readonly DeclaredName[];
  /** The statements of the results that it holds, by their names. */
  readonly statements: Statements;
}

/** A cell with what is added behind it, so that lines and columns of its code stay: its exports and imports. */
export interface LoadedCell extends ReadCell, CellText {}

/**
 * Reads a cell.
 *
 * @param statements - Of the results that earlier cells hold.
 */
export function readCell(
  path: string,
  { source, language }: CellSource,
  statements: Statements,
): ReadCell {
  const sql = translateSql(source, language, statements);
  const code = sql?.translation.text ?? source;
  const object = sql === undefined ? closingObject(code) : undefined;
  // Only in a module `await (…)` waits, rather than calls.
  const module = `${code}\nexport {};`;
  const parsed = parseCell(path, module, ts.ScriptTarget.Latest, object);
  const isTranslated = sql?.name !== undefined && sql.problems.length === 0;
  return {
    ...{ code, sql, object },
    declares: declaredNames(parsed),
    statements: isTranslated ? new Map([[sql.name, sql.sql]]) : resultStatements(parsed),
  };
}

/** The names that code mentions. */
export function identifiersOf(code: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: import('typescript').Node) => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest));
  return names;
}
