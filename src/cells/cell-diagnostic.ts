// Type errors of cells, in lines and columns of the cell.

import type { Diagnostic } from 'typescript';
import { ts } from './compiler/typescript.js';

/** A diagnostic of TypeScript in a cell, or in a project file that it imports. */
export interface CellDiagnostic {
  /** TypeScript's error code, shown as `TS2339`; for a query's problem the SQLSTATE, shown as `SQL42703`. */
  readonly code: number | string;
  /** The message; its reasons on indented lines. */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** In UTF-16 units, from 1. */
  readonly column: number;
  /** The number of wrong characters on the line, at least 1. */
  readonly length: number;
  /** The project file, absolute; undefined: the cell. */
  readonly file?: string;
}

/**
 * A diagnostic by line and column.
 *
 * @param source - The cell's own text: added text does not exist for its author.
 * @param placeOf - The place in that text of an offset of the file. Default: the same.
 */
export function cellDiagnostic(
  diagnostic: Diagnostic,
  source: string,
  cellPath: string,
  placeOf: (offset: number) => number = (offset) => offset,
): CellDiagnostic {
  const { file, start = 0, length: given = 0, code } = diagnostic;
  const isCell = file === undefined || file.fileName === cellPath;
  const text = isCell ? source : file.text;
  const from = Math.min(isCell ? placeOf(start) : start, text.length);
  const length = isCell ? placeOf(start + given) - from : given;
  const before = text.slice(0, from).split('\n');
  const rest = (text.slice(from).split('\n', 1)[0] ?? '').length;
  return {
    ...described(code, ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')),
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    length: Math.max(1, Math.min(length, rest)),
    ...(isCell ? {} : { file: file.fileName }),
  };
}

/** Names of earlier cells are imports, which the reader need not know: they are constants. */
function described(code: number, message: string): Pick<CellDiagnostic, 'code' | 'message'> {
  return code === 2632
    ? { code: 2588, message: message.replace('it is an import', 'it is a constant') }
    : { code, message };
}

/** The code of a problem as it is shown. */
export function codeName(code: CellDiagnostic['code']): string {
  return typeof code === 'number' ? `TS${code}` : `SQL${code}`;
}
