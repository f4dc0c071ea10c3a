// This folder is the notebook format: its types (this file), reading with upgrades and checks (read-notebook.ts,
// schema.ts), writing as Jupyter writes (write-notebook.ts), and what a notebook says of itself: all tags of cells
// (cell-tags.ts), all keys of metadata.daybook (daybook-metadata.ts), its listing (listing-metadata.ts), title and summary.

/**
 * The Jupyter notebook format 4.5 as types, in the words of its schema
 * (https://nbformat.readthedocs.io/en/latest/format_description.html).
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON object. */
export type JsonObject = Record<string, Json>;

/** Whether a value is a JSON object: not null, and no list. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text in the notebook format: one string, or lines with their line feeds. */
export type MultilineText = string | string[];

/** Representations of an output by MIME type: text is {@link MultilineText}, JSON types are values. */
export type MimeBundle = Record<string, Json>;

/** Text that a cell wrote to standard output or standard error. */
export interface StreamOutput {
  output_type: 'stream';
  name: string;
  text: MultilineText;
}

/** An output that a cell displayed during its run. */
export interface DisplayDataOutput {
  output_type: 'display_data';
  data: MimeBundle;
  metadata: JsonObject;
}

/** The value of a cell's last expression. */
export interface ExecuteResultOutput {
  output_type: 'execute_result';
  execution_count: number | null;
  data: MimeBundle;
  metadata: JsonObject;
}

/** The exception of a cell: name, message, and a traceback that may have ANSI colours. */
export interface ErrorOutput {
  output_type: 'error';
  ename: string;
  evalue: string;
  traceback: string[];
}

/** One output of a code cell. */
export type Output = StreamOutput | DisplayDataOutput | ExecuteResultOutput | ErrorOutput;

interface CellBase {
  /** Unique within the notebook, 1 to 64 of `[a-zA-Z0-9-_]`. */
  id: string;
  metadata: JsonObject;
  source: MultilineText;
}

/** A code cell with its outputs. */
export interface CodeCell extends CellBase {
  cell_type: 'code';
  execution_count: number | null;
  outputs: Output[];
}

/** A markdown cell; its attachments are images by file name. */
export interface MarkdownCell extends CellBase {
  cell_type: 'markdown';
  attachments?: Record<string, MimeBundle>;
}

/** A cell that is neither run nor rendered. */
export interface RawCell extends CellBase {
  cell_type: 'raw';
  attachments?: Record<string, MimeBundle>;
}

/** One cell. */
export type Cell = CodeCell | MarkdownCell | RawCell;

/** A notebook of format 4.5. */
export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: JsonObject;
  cells: Cell[];
}

/** {@link MultilineText} as one string. */
export function joinText(text: MultilineText): string {
  return typeof text === 'string' ? text : text.join('');
}
