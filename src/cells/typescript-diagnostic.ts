// A diagnostic of TypeScript as one of a cell.

import type { Diagnostic } from 'typescript';
import type { CellDiagnostic } from './cell-diagnostic.js';
import { ts } from './compiler/typescript.js';

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
