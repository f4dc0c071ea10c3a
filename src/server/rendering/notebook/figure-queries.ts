// The SQL queries behind a figure or a cell.

import { countOf, formatDuration } from '../../../text/amounts.js';
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { RunQuery } from '../../../publication/publication.js';
import { highlightCode } from '../text/highlight.js';

/** The most different queries under a figure, and the longest one, in characters. */
const maxQueries = 20;
const maxSql = 20_000;

/** The most executions of one query whose parameters are listed. */
const maxAskings = 5;

/** The queries behind a figure. */
export interface FigureQueries {
  /** Different in text or parameters. */
  readonly queries: readonly RunQuery[];
  /** The relation that the figure names as its source, and that all queries read; undefined: none is named. */
  readonly source: string | undefined;
}

/**
 * The queries of some cells: those that read the figure's source relation; without one all queries, any of which
 * may have provided the rows.
 */
export function queriesOf(
  queries: readonly RunQuery[],
  cells: ReadonlySet<number>,
  source?: string,
): FigureQueries {
  const own = queries.filter(({ cell }) => cell !== undefined && cells.has(cell));
  const key = ({ sql, parameters = [] }: RunQuery) => JSON.stringify([sql, parameters]);
  const different = [...new Map(own.map((query) => [key(query), query])).values()];
  const named = different.filter(({ tables }) =>
    tables.some((table) => source !== undefined && isNamed(table, source)),
  );
  return named.length > 0 ? { queries: named, source } : { queries: different, source: undefined };
}

/** A whole name matches only: `gold.month` is not in `gold.month_end`. */
function isNamed(relation: string, source: string): boolean {
  return source.split(/[^\p{L}\p{N}_$."]+/u).some((word) => word.replace(/\.+$/, '') === relation);
}

/**
 * The queries, folded, with rows, duration and parameters of each.
 *
 * @param name - What the queries belong to.
 */
export function queryDetails(
  { queries, source }: FigureQueries,
  name: string,
): Element | undefined {
  if (queries.length === 0) return undefined;
  const askingsOf = new Map<string, RunQuery[]>();
  for (const query of queries) {
    const known = askingsOf.get(query.sql);
    if (known === undefined) askingsOf.set(query.sql, [query]);
    else known.push(query);
  }
  const texts = [...askingsOf];
  const scope =
    source === undefined
      ? 'All queries of this cell, and of the cells that it builds on:'
      : `The queries that read the source, ${source}:`;
  return h('details', { className: 'figure-sql' }, [
    h('summary', { ariaLabel: `SQL behind ${name}` }, 'SQL'),
    h('div', [
      queries.length > 1 ? h('p', { className: 'query-facts' }, scope) : undefined,
      ...texts
        .slice(0, maxQueries)
        .flatMap(([sql, askings]) => [
          ...askings
            .slice(0, maxAskings)
            .map((query) => h('p', { className: 'query-facts' }, queryFacts(query))),
          askings.length > maxAskings
            ? h(
                'p',
                { className: 'query-facts' },
                `… and ${askings.length - maxAskings} times more`,
              )
            : undefined,
          h('pre', { tabIndex: 0, ariaLabel: 'SQL' }, [h('code', highlightCode(tidy(sql), 'sql'))]),
        ]),
      texts.length > maxQueries
        ? h('p', { className: 'query-facts' }, `… and ${texts.length - maxQueries} more`)
        : undefined,
    ]),
  ]);
}

/** The totals of a cell's queries: `2 queries, 12 rows, 8 ms`. */
export function queryTotals(queries: readonly RunQuery[]): string {
  const milliseconds = queries.reduce((sum, query) => sum + query.milliseconds, 0);
  return `${countOf(queries.length, 'query', 'queries')}, ${formatDuration(milliseconds)}`;
}

function queryFacts({ rows, milliseconds, cell, parameters = [] }: RunQuery): string {
  const answer = rows === undefined ? 'failed' : countOf(rows, 'row');
  const values = parameters.map((value, index) => `$${index + 1} = ${value ?? 'null'}`);
  const given = values.length === 0 ? '' : `, with ${values.join(', ')}`;
  return `${answer} in ${formatDuration(milliseconds)}, asked by cell ${cell ?? '?'}${given}`;
}

/** SQL without the indentation of the surrounding code, cut when it is very long. */
function tidy(sql: string): string {
  const whole = sql.replace(/^\s*\n/, '').trimEnd();
  const lines = whole.slice(0, maxSql).split('\n');
  const indent = lines
    .slice(/^\s/.test(lines[0] ?? '') ? 0 : 1)
    .filter((line) => line.trim() !== '')
    .reduce((least, line) => Math.min(least, line.length - line.trimStart().length), Infinity);
  const text = lines
    .map((line) => (/^\s/.test(line) && Number.isFinite(indent) ? line.slice(indent) : line))
    .join('\n');
  return whole.length > maxSql ? `${text}\n-- … (cut)` : text;
}
