// Writing of notebook files as Jupyter does.

import type { Cell, Json, MimeBundle, MultilineText, Notebook, Output } from './notebook.js';
import { joinText } from './notebook.js';

/**
 * A notebook as Jupyter writes it, so that saving it there changes nothing: sorted keys, one space of indent, long
 * texts as lists of lines, a line feed at the end.
 */
export function formatNotebook(notebook: Notebook): string {
  const lines = { ...notebook, cells: notebook.cells.map(cellWithLines) };
  return `${JSON.stringify(sorted(lines as unknown as Json), undefined, 1)}\n`;
}

function cellWithLines(cell: Cell): Cell {
  const source = splitLines(cell.source);
  return cell.cell_type === 'code'
    ? { ...cell, source, outputs: cell.outputs.map(outputWithLines) }
    : { ...cell, source };
}

function outputWithLines(output: Output): Output {
  switch (output.output_type) {
    case 'stream':
      return { ...output, text: splitLines(output.text) };
    case 'display_data':
    case 'execute_result':
      return { ...output, data: bundleWithLines(output.data) };
    case 'error':
      return output;
  }
}

function bundleWithLines(bundle: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, value]) => [
      type,
      // Only text is split for people; base64 and JSON text stay whole.
      typeof value === 'string' && /^text\/|^image\/svg\+xml$/.test(type)
        ? splitLines(value)
        : value,
    ]),
  );
}

/** A text's lines, each with its line feed; an empty text has none. */
function splitLines(text: MultilineText): string[] {
  return joinText(text).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  // A plain object would lose a key "__proto__".
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}
