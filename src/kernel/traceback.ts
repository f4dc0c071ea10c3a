// Tracebacks of failed cells.

import { codeName, type CellDiagnostic } from '../cells/cell-diagnostic.js';
import { codeFrame } from '../text/code-frame.js';
import type { ErrorReport } from './runner/protocol.js';

/** The content of an `error` message. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  /** Lines, with ANSI colours. */
  readonly traceback: string[];
}

/** The sources of cells by their ids. */
export type CellSources = ReadonlyMap<string, string>;

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;
const faint = (text: string) => `\u001b[90m${text}\u001b[39m`;

/** The most problems of a cell that are shown. */
const mostProblems = 10;

/** A cell with type errors. */
export function typeError(
  diagnostics: readonly CellDiagnostic[],
  cell: string,
  source: string,
): CellError {
  const [first] = diagnostics;
  if (first === undefined) throw new Error('a type error needs a diagnostic');
  const shown = diagnostics
    .slice(0, mostProblems)
    .flatMap((diagnostic, index) => [
      ...(index === 0 ? [] : ['']),
      `${red(bold(codeName(diagnostic.code)))}: ${diagnostic.message}`,
      ...(diagnostic.file === undefined
        ? [
            faint(`In[${cell}]:${diagnostic.line}:${diagnostic.column}`),
            ...frame(source, diagnostic),
          ]
        : [faint(`${diagnostic.file}:${diagnostic.line}:${diagnostic.column}`)]),
    ]);
  const hidden = diagnostics.length - mostProblems;
  return {
    ename: codeName(first.code),
    evalue: first.message,
    traceback: hidden > 0 ? [...shown, '', `… and ${hidden} more problems`] : shown,
  };
}

/** A cell that threw: the message, the line where it was thrown, and the stack. */
export function thrownError(error: ErrorReport, sources: CellSources): CellError {
  const head = `${red(bold(error.name))}: ${error.message}`;
  const place = error.stack.map(placeOf).find((found) => found !== undefined);
  const source = place === undefined ? undefined : sources.get(place.cell);
  return {
    ename: error.name,
    evalue: error.message,
    traceback: [
      ...head.split('\n'),
      ...(place === undefined || source === undefined ? [] : frame(source, place)),
      ...error.stack.map(faint),
      ...(error.details === '' ? [] : error.details.split('\n')),
    ],
  };
}

/** A position in a cell, from a line of a stack. */
function placeOf(line: string): { cell: string; line: number; column: number } | undefined {
  const match = /\bIn\[([^\]]+)\]:(\d+):(\d+)/.exec(line);
  if (match === null) return undefined;
  const [, cell = '', row, column] = match;
  return { cell, line: Number(row), column: Number(column) };
}

function frame(source: string, place: { line: number; column: number; length?: number }): string[] {
  return codeFrame(source, place).map((row) => (/^> |^ +\| *\^+$/.test(row) ? row : faint(row)));
}
