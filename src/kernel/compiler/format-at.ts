// Formatting of the query that an editor's cursor is in.

import type { CellSource } from '../../cells/loaded-cell.js';
import { formatLiteral, formatSqlCell, type FormattedQuery } from '../../cells/sql/format-query.js';
import type { CellService } from './cell-service.js';
import { sqlAt } from './sql-at.js';

/** Formats a SQL cell, or the query whose text a place of the cell is in; undefined: it is in none. */
export async function formatAt(
  service: CellService,
  cell: CellSource,
  position: number,
): Promise<FormattedQuery | undefined> {
  const place = sqlAt(service, cell, position);
  return (
    (await formatSqlCell(cell.source, cell.language)) ??
    (place && formatLiteral(cell.source, place.places))
  );
}
