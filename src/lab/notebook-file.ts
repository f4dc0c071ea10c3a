import {
  joinText,
  type Cell,
  type Json,
  type MimeBundle,
  type MultilineText,
  type Notebook,
  type Output,
} from '../nbformat/notebook.js';
import { RequestError } from './request-error.js';

/** A new notebook: no cells, the newest format. */
export const emptyNotebook: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };

/**
 * The notebook in a value that a client sent or a file held, with texts as single strings: what the
 * front end edits.
 *
 * @throws RequestError 400 when it is no notebook of format 4.
 */
export function toNotebook(value: unknown, path: string): Notebook {
  const notebook = value as Partial<Notebook> | null | undefined;
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells)) {
    throw new RequestError(400, `${path} is not a notebook of format 4`);
  }
  return mapTexts(notebook as Notebook, joinText);
}

/** The notebook in a file.
 *
 * @throws RequestError 400 when it is none.
 */
export function readNotebook(bytes: Buffer, path: string): Notebook {
  try {
    return toNotebook(JSON.parse(bytes.toString()), path);
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    throw new RequestError(400, `${path} is not JSON, so not a notebook`, cause);
  }
}

/** A notebook's file: texts as lines and keys in order, so that git shows what changed. */
export function notebookFile(notebook: Notebook): string {
  const lines = (text: MultilineText) => joinText(text).match(/[^\n]*\n|[^\n]+/g) ?? [];
  return `${JSON.stringify(sortedKeys(mapTexts(notebook, lines) as unknown as Json), undefined, 1)}\n`;
}

function mapTexts(notebook: Notebook, map: (text: MultilineText) => MultilineText): Notebook {
  const mapBundle = (bundle: MimeBundle): MimeBundle =>
    Object.fromEntries(
      Object.entries(bundle).map(([type, value]) => [
        type,
        isTextType(type) ? map(value as MultilineText) : value,
      ]),
    );
  const mapOutput = (output: Output): Output => {
    if (output.output_type === 'stream') return { ...output, text: map(output.text) };
    return 'data' in output ? { ...output, data: mapBundle(output.data) } : output;
  };
  const mapCell = (cell: Cell): Cell => {
    const mapped = { ...cell, source: map(cell.source) };
    return mapped.cell_type === 'code'
      ? { ...mapped, outputs: mapped.outputs.map(mapOutput) }
      : mapped;
  };
  return { ...notebook, cells: notebook.cells.map(mapCell) };
}

/** Types whose value is text in lines; of JSON types it is a value, of pictures one line. */
function isTextType(type: string): boolean {
  return type.startsWith('text/') || type === 'image/svg+xml' || type === 'application/javascript';
}

function sortedKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, part]) => [key, sortedKeys(part)]),
  );
}
