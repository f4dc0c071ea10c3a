// Notebook files as JupyterLab reads and saves them.

import type { Cell, MimeBundle, MultilineText, Notebook, Output } from '../../nbformat/notebook.js';
import { joinText } from '../../nbformat/notebook.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import { RequestError } from '../http/request-error.js';

/** A new notebook: no cells, the latest format. */
export const emptyNotebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };

/**
 * Parses a notebook file for the front end, with its texts as single strings.
 *
 * @param path - For messages.
 * @throws DaybookError `NOTEBOOK_INVALID`.
 */
export function readNotebookFile(bytes: Buffer, path: string): Notebook {
  const notebook = parseNotebook(bytes.toString(), path);
  return { ...notebook, cells: notebook.cells.map(joinCell) };
}

/**
 * Validates a notebook that a client saves. It is refused only when cells would be lost; other violations of the
 * format are saved, because they are the analyst's work.
 *
 * @throws RequestError 400 when it is no notebook of format 4.
 */
export function toNotebook(value: unknown, path: string): Notebook {
  const notebook = value as Partial<Notebook> | null | undefined;
  if (
    notebook?.nbformat !== 4 ||
    !isObject(notebook.metadata) ||
    !Array.isArray(notebook.cells) ||
    !notebook.cells.every(isCell)
  ) {
    throw new RequestError(400, `${path} is not a notebook of format 4`);
  }
  return notebook as Notebook;
}

function joinCell(cell: Cell): Cell {
  const source = joinText(cell.source);
  return cell.cell_type === 'code'
    ? { ...cell, source, outputs: cell.outputs.map(joinOutput) }
    : { ...cell, source };
}

function joinOutput(output: Output): Output {
  if (output.output_type === 'stream') return { ...output, text: joinText(output.text) };
  return 'data' in output ? { ...output, data: joinBundle(output.data) } : output;
}

/** A list is a value in JSON types, and the lines of a text in all others. */
function joinBundle(bundle: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(bundle).map(([type, value]) => [
      type,
      /^application\/(.*\+)?json$/.test(type) ? value : joinText(value as MultilineText),
    ]),
  );
}

function isCell(cell: Partial<Cell> | null): boolean {
  if (!isObject(cell) || !isObject(cell.metadata) || cell.source === undefined) return false;
  return cell.cell_type !== 'code' || (Array.isArray(cell.outputs) && cell.outputs.every(isObject));
}

function isObject<T>(value: T): value is T & object {
  return typeof value === 'object' && value !== null;
}
