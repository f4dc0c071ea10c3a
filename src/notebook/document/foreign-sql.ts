// SQL cells in notebooks of other kernels.

import { sqlCell } from '../../parse-sql/sql-cell.js';
import type { JsonObject } from '../../nbformat/notebook.js';
import { sqlMetadata } from '../../nbformat/sql-language.js';

/** What is said of a SQL cell where it cannot be run. */
export const foreignSqlMessage =
  "SQL cells need Daybook's kernel: choose TypeScript (Daybook) for the notebook, or ask by query() of daybook/pipeline";

/**
 * Whether a cell is SQL of ours that its kernel takes for something else. What VS Code says and `%%sql` are magics of
 * kernels for Python; for other kernels of TypeScript they are mistakes.
 *
 * @param kernel - The language of another kernel than ours.
 */
export function isForeignSql(source: string, metadata: JsonObject, kernel: string): boolean {
  if (sqlMetadata(metadata)?.isOurs === true) return true;
  return kernel === 'typescript' && sqlCell(source, sqlMetadata(metadata)) !== undefined;
}
