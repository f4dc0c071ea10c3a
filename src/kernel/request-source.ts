// The code of a request, with the language that the cell's metadata says.

import type { CellSource } from '../cells/loaded-cell.js';
import type { Message } from '../jupyter/message.js';
import type { JsonObject } from '../nbformat/notebook.js';
import { sqlMetadata } from '../nbformat/sql-language.js';

/** The code of a request; JupyterLab and notebook runs send the cell's metadata with it. */
export function sourceOf(source: string, { metadata }: Message): CellSource {
  return { source, language: sqlMetadata(metadata as JsonObject) };
}
