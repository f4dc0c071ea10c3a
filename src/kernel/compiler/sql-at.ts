// The query whose text an editor's cursor is in.

import { queriesIn, type CellQuery } from '../../cells/sql/cell-queries.js';
import type { CellSource } from '../../cells/loaded-cell.js';
import { offsetAt } from '../../cells/sql/text-places.js';
import type { CellService } from './cell-service.js';

/** A place in the text of a query. */
export interface SqlPlace extends CellQuery {
  /** In characters of the query. */
  readonly offset: number;
}

/** The query whose text a place of a cell is in; undefined: it is in none. */
export function sqlAt(
  service: CellService,
  cell: CellSource,
  position: number,
): SqlPlace | undefined {
  const { service: languageService, path, sql, offsetAt: codeAt } = service.load(cell);
  if (sql !== undefined) {
    // In an expression of a SQL cell TypeScript knows more.
    if (sql.problems.length > 0 || codeAt(position) !== undefined) return undefined;
    const [length, end] = sql.places.at(-1) ?? [0, 0];
    const { places } = sql;
    if (position > end) {
      const more = cell.source.slice(end, position);
      const offset = length + more.length;
      return { sql: sql.sql + more, places: [...places, [offset, position]], offset };
    }
    const offset = offsetAt(places, position);
    return offset === undefined ? undefined : { sql: sql.sql, places, offset };
  }
  // Without quotes there is no text.
  if (!/['"`]/.test(cell.source)) return undefined;
  const program = languageService.getProgram();
  const file = program?.getSourceFile(path);
  if (program === undefined || file === undefined) return undefined;
  for (const query of queriesIn(file, program.getTypeChecker())) {
    const offset = offsetAt(query.places, position);
    if (offset !== undefined) return { ...query, offset };
  }
  return undefined;
}
