// The error output of a cell: message, position in the code, traceback.

import type { Element } from 'hast';
import { h } from 'hastscript';
import { highlightCode } from '../text/highlight.js';
import { parseAnsi } from '../text/ansi.js';
import { terminalText } from '../text/terminal-text.js';
import type { ErrorOutput } from '../../../nbformat/notebook.js';

/** The position of an error in a cell; line and column count from 1. */
export interface CellPosition {
  readonly line: number;
  readonly column: number | undefined;
}

/** Lines of context before and after the failing one. */
const linesAround = 2;

/**
 * An error like a good compiler's message: what happened, in which cell and line, the lines around it, and the
 * folded traceback.
 *
 * @param source - The cell's code.
 * @param known - The position by the run's record, when there is one.
 */
export function errorElement(
  error: ErrorOutput,
  cell: number,
  source: string,
  language: string,
  known: CellPosition | undefined,
): Element {
  const position = known ?? positionInFrame(error.traceback);
  const name = withoutColors(error.ename);
  const message = withoutColors(error.evalue);
  const place = position === undefined ? `Cell ${cell}` : `Cell ${cell}, line ${position.line}`;
  const traceback = error.traceback.join('\n');
  const saysMore = withoutColors(traceback).trim() !== `${name}: ${message}`.trim();
  const lines = position === undefined ? undefined : excerpt(source, language, position);
  return h('div', { className: 'error', role: 'group', ariaLabel: `Error in cell ${cell}` }, [
    h('p', { className: 'error-place' }, [h('a', { href: `#cell-${cell}` }, place)]),
    h('p', { className: 'error-message' }, [
      h('strong', name === '' ? 'Error' : name),
      message === '' ? undefined : `: ${message}`,
    ]),
    lines,
    traceback.trim() !== '' && saysMore
      ? h('details', { className: 'traceback', open: lines === undefined }, [
          h('summary', 'Traceback'),
          h('pre', { tabIndex: 0 }, terminalText(traceback)),
        ])
      : undefined,
  ]);
}

/**
 * The position in a traceback of Daybook's own kernel: the line with `>` before its number, the column with `^`
 * below it.
 */
function positionInFrame(traceback: readonly string[]): CellPosition | undefined {
  const rows = traceback.map(withoutColors);
  const failed = rows.findIndex((row) => /^> *\d+ \| /.test(row));
  const line = Number(/^> *(\d+) \|/.exec(rows[failed] ?? '')?.[1]);
  if (failed < 0 || !Number.isSafeInteger(line)) return undefined;
  const indent = /^ +\| (\s*)\^/.exec(rows[failed + 1] ?? '')?.[1];
  return { line, column: indent === undefined ? undefined : indent.length + 1 };
}

function excerpt(
  source: string,
  language: string,
  { line, column }: CellPosition,
): Element | undefined {
  const lines = source.split('\n');
  if (line < 1 || line > lines.length) return undefined;
  const first = Math.max(1, line - linesAround);
  const shown = lines.slice(first - 1, line + linesAround);
  const width = String(first + shown.length - 1).length;
  const rows = shown.flatMap((text, index) => {
    const number = first + index;
    const gutter = h('span', { className: 'line-number' }, `${String(number).padStart(width)}  `);
    const row = h('span', { className: number === line ? 'line line-failed' : 'line' }, [
      gutter,
      ...highlightCode(text, language),
      '\n',
    ]);
    if (number !== line || column === undefined) return [row];
    const caret = h('span', { className: 'line caret', ariaHidden: 'true' }, [
      `${' '.repeat(width + 2 + Math.min(column, text.length + 1) - 1)}^\n`,
    ]);
    return [row, caret];
  });
  return h('pre', { className: 'excerpt', tabIndex: 0 }, [h('code', rows)]);
}

function withoutColors(text: string): string {
  return parseAnsi(text)
    .map((token) => ('text' in token ? token.text : ''))
    .join('');
}
