// Whether a cell is complete, for consoles.

import { closingObject, errorsOf, parseCell } from '../../cells/last-expression.js';
import type { CellSource } from '../../cells/loaded-cell.js';
import { isClosedSql } from '../../cells/sql/sql-translation.js';
import { sqlCell, type SqlLanguage } from '../../parse-sql/sql-cell.js';
import { ts } from '../../cells/compiler/typescript.js';

/** Whether a cell can be run as it is, for consoles that ask at each Enter. */
export interface Completeness {
  readonly status: 'complete' | 'incomplete' | 'invalid';
  /** For incomplete code: the indentation of the next line. */
  readonly indent?: string;
}

/** A string must end on its line: a further line cannot complete it. */
const unterminatedString = 1002;

/** Parses a text only. */
export function isComplete({ source, language }: CellSource): Completeness {
  if (sqlCell(source, language) !== undefined) return isCompleteSql(source, language);
  const object = closingObject(source);
  const file = parseCell('cell.ts', source, ts.ScriptTarget.Latest, object);
  // A program would add errors that need types.
  const [first] = errorsOf(file);
  if (first === undefined) return { status: 'complete' };
  const isCutOff = first.start >= source.trimEnd().length;
  return isCutOff && first.code !== unterminatedString
    ? { status: 'incomplete', indent: indentAfter(source) }
    : { status: 'invalid' };
}

/** SQL has no end of its own: it ends with a semicolon or an empty line, once all that was opened is closed. */
function isCompleteSql(source: string, language: SqlLanguage | undefined): Completeness {
  const isEnded = /;\s*$|\n[^\S\n]*$/.test(source) && isClosedSql(source, language);
  return isEnded ? { status: 'complete' } : { status: 'incomplete', indent: indentAfter(source) };
}

/** The indentation of the last line, one step deeper after an opening bracket. */
function indentAfter(source: string): string {
  const line = source.split('\n').at(-1) ?? '';
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  return /[([{]\s*$/.test(line) ? `${indent}  ` : indent;
}
