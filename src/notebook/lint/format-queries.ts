// Formatting of the queries in a notebook.

import { sqlMetadata } from '../../nbformat/sql-language.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import type { NotebookQuery } from '../document/type-problem.js';

/** A query that stays as it is. Numbers count from 1. */
export interface UnformattedQuery {
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** What {@link formatQueries} has made of a notebook. */
export interface FormattedNotebook {
  /** Undefined: all of it is formatted already. */
  readonly notebook: Notebook | undefined;
  readonly stayed: readonly UnformattedQuery[];
}

/**
 * A notebook with its SQL formatted, that of SQL cells and that of literals; all else of it stays.
 *
 * @param queries - Its own.
 */
export async function formatQueries(
  notebook: Notebook,
  queries: readonly NotebookQuery[],
): Promise<FormattedNotebook> {
  // Loads the compiler.
  const { formatLiteral, formatSqlCell } = await import('../../cells/sql/format-query.js');
  const stayed: UnformattedQuery[] = [];
  const cells = [...notebook.cells];
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    let source = joinText(cell.source);
    const own = queries.filter(
      ({ cell: number, file }) => number === index + 1 && file === undefined,
    );
    const inSql = await formatSqlCell(source, sqlMetadata(cell.metadata));
    const formatted =
      inSql === undefined
        ? await Promise.all(own.map(({ places }) => formatLiteral(source, places)))
        : [inSql];
    for (const made of formatted) {
      if (made.ok) continue;
      const before = source.slice(0, made.start).split('\n');
      const column = (before.at(-1) ?? '').length + 1;
      stayed.push({ cell: index + 1, line: before.length, column, reason: made.reason });
    }
    const edits = formatted
      .flatMap((made) => (made.ok && made.edit !== undefined ? [made.edit] : []))
      .sort((a, b) => b.start - a.start);
    for (const [at, { start, end, text }] of edits.entries()) {
      // A constant that several calls take is one literal.
      if (edits[at - 1]?.start === start) continue;
      source = source.slice(0, start) + text + source.slice(end);
    }
    if (edits.length > 0) cells[index] = { ...cell, source };
  }
  return {
    notebook: cells.some((cell, index) => cell !== notebook.cells[index])
      ? { ...notebook, cells }
      : undefined,
    stayed,
  };
}
