import type { Cell, MimeBundle, MultilineText, Notebook, Output } from '../../nbformat/notebook.js';
import { joinText } from '../../nbformat/notebook.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import { RequestError } from '../http/request-error.js';

/** A new notebook: no cells, the newest format. */
export const emptyNotebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };

/**
 * The notebook in a file as the front end edits it: with its texts as single strings.
 *
 * @param path - How messages name it.
 * @throws DaybookError `NOTEBOOK_INVALID`.
 */
export function readNotebookFile(bytes: Buffer, path: string): Notebook {
  const notebook = parseNotebook(bytes.toString(), path);
  return { ...notebook, cells: notebook.cells.map(joinCell) };
}

/**
 * The notebook that a client saves. Only what would lose its cells is refused: the analyst's work is
 * kept also where it breaks the format.
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

/** Of JSON types a list is a value; of all others it is the lines of a text. */
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
