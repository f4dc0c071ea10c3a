import { countOf, formatDuration } from '../../../text/amounts.js';
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { RunQuery } from '../../../publication/publication.js';
import { highlightCode } from '../text/highlight.js';

/** So many different queries stand under one figure; longer ones than this are cut (characters). */
const maxQueries = 20;
const maxSql = 20_000;

/** Parameters of so many askings of one text are listed. */
const maxAskings = 5;

/** The queries behind something. */
export interface FigureQueries {
  /** Different ones: by their text and the values of their parameters. */
  readonly queries: readonly RunQuery[];
  /** The relation that a figure names as its source, and that all of them read; undefined: it names none. */
  readonly source: string | undefined;
}

/**
 * The queries of a set of cells: where a figure names a relation as its source, those that read it;
 * otherwise all, and nobody knows which of their rows it shows.
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

/** A relation is named by the whole of its name: `gold.month` is not in `gold.month_end`. */
function isNamed(relation: string, source: string): boolean {
  return source.split(/[^\p{L}\p{N}_$."]+/u).some((word) => word.replace(/\.+$/, '') === relation);
}

/**
 * The SQL behind something as a fold, with rows, duration and parameters of each query.
 *
 * @param name - What it is behind.
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

/** What the queries of one cell cost, in few words: `2 queries, 12 rows, 8 ms`. */
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
