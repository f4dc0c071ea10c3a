// A type error of a cell, in lines and columns of the cell.

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

/** The code of a problem with the id of a figure. */
export const figureIdCode = 'FIGURE_ID';

/** The code of a problem as it is shown. */
export function codeName(code: CellDiagnostic['code']): string {
  if (code === figureIdCode) return code;
  return typeof code === 'number' ? `TS${code}` : `SQL${code}`;
}
