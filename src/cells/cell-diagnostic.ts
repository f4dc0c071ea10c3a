import type { Diagnostic } from 'typescript';
import { ts } from './typescript.js';

/** Something that TypeScript has against a cell, or against a project file that the cell imports. */
export interface CellDiagnostic {
  /** TypeScript's number, shown as `TS2339`. */
  readonly code: number;
  /** The message; its reasons on lines of their own, indented. */
  readonly message: string;
  /** First line is 1. */
  readonly line: number;
  /** In UTF-16 units; the first is 1. */
  readonly column: number;
  /** How many characters of the line are wrong, at least 1. */
  readonly length: number;
  /** The project file it is in, absolute; undefined: the cell. */
  readonly file?: string;
}

/**
 * A diagnostic by line and column.
 *
 * @param source - The cell's own text: what was added to it does not exist for its author.
 */
export function cellDiagnostic(
  diagnostic: Diagnostic,
  source: string,
  cellPath: string,
): CellDiagnostic {
  const { file, start = 0, length = 0, code } = diagnostic;
  const isCell = file === undefined || file.fileName === cellPath;
  const text = isCell ? source : file.text;
  const from = Math.min(start, text.length);
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

/** Names of earlier cells are imported, which is not the reader's concern: they are constants. */
function described(code: number, message: string): Pick<CellDiagnostic, 'code' | 'message'> {
  return code === 2632
    ? { code: 2588, message: message.replace('it is an import', 'it is a constant') }
    : { code, message };
}
