import type { Element } from 'hast';
import { h } from 'hastscript';
import type { RunQuery } from '../../publication/publication-reader.js';
import { highlightCode } from './highlight.js';

/** So many different queries stand under one figure; longer ones than this are cut (characters). */
const maxQueries = 20;
const maxSql = 20_000;

/**
 * The queries that the cells of a set asked, each text once: first those that read the relation which a
 * figure names as its source.
 */
export function queriesOf(
  queries: readonly RunQuery[],
  cells: ReadonlySet<number>,
  source?: string,
): RunQuery[] {
  const own = queries.filter(({ cell }) => cell !== undefined && cells.has(cell));
  const different = [...new Map(own.map((query) => [query.sql, query])).values()];
  const isNamed = ({ tables }: RunQuery) =>
    tables.some((table) => source?.includes(table) === true);
  return [...different.filter(isNamed), ...different.filter((query) => !isNamed(query))];
}

/** The SQL behind something as a fold, with rows and duration of each query. */
export function sqlFold(queries: readonly RunQuery[], name: string): Element | undefined {
  if (queries.length === 0) return undefined;
  return h('details', { className: 'figure-sql' }, [
    h('summary', { ariaLabel: `SQL behind ${name}` }, 'SQL'),
    h('div', [
      ...queries
        .slice(0, maxQueries)
        .flatMap((query) => [
          h('p', { className: 'query-facts' }, queryFacts(query)),
          h('pre', { tabIndex: 0, ariaLabel: 'SQL' }, [
            h('code', highlightCode(tidy(query.sql), 'sql')),
          ]),
        ]),
      queries.length > maxQueries
        ? h('p', { className: 'query-facts' }, `… and ${queries.length - maxQueries} more`)
        : undefined,
    ]),
  ]);
}

/** What the queries of one cell cost, in few words: `2 queries, 12 rows, 8 ms`. */
export function queryTotals(queries: readonly RunQuery[]): string {
  const milliseconds = queries.reduce((sum, query) => sum + query.milliseconds, 0);
  const count = queries.length === 1 ? '1 query' : `${queries.length} queries`;
  return `${count}, ${formatMilliseconds(milliseconds)}`;
}

function queryFacts({ rows, milliseconds, cell }: RunQuery): string {
  const answer =
    rows === undefined
      ? 'failed'
      : `${rows.toLocaleString('en-CA')} ${rows === 1 ? 'row' : 'rows'}`;
  return `${answer} in ${formatMilliseconds(milliseconds)}, asked by cell ${cell ?? '?'}`;
}

function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** SQL without the indentation that it has within the code, and cut where it is very long. */
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
