// Places of `${expression}` in SQL: of values, and of relations after `from` and `join`.

/** What `${…}` stands for: a value, the rows of a result; or nothing, within quotes. */
export type PlaceholderKind = 'value' | 'relation' | 'quoted';

/** A `${expression}` in SQL. Offsets count characters from 0. */
export interface Placeholder {
  readonly kind: PlaceholderKind;
  /** Where `${` begins. */
  readonly start: number;
  /** Behind its `}`. */
  readonly end: number;
  /** Whether it has one. */
  readonly isClosed: boolean;
}

/** A part of a text, in characters from 0. */
export interface SqlRange {
  readonly start: number;
  readonly end: number;
}

/** The placeholders of a text, and what else matters for its translation. */
export interface ScannedSql {
  readonly placeholders: readonly Placeholder[];
  /** Parameters that are written by their numbers, like `$1`. */
  readonly numbers: readonly SqlRange[];
  readonly comments: readonly SqlRange[];
  readonly firstWord: SqlRange | undefined;
  /** Where its last token ends, without a closing semicolon. */
  readonly end: number;
  /** Whether quotes, comments, brackets and placeholders are closed. */
  readonly isClosed: boolean;
}

/** The parts of SQL that contain no others; the rest is a character at a time. */
const token =
  /(?<blank>\s+)|(?<line>--[^\n]*)|(?<comment>\/\*)|(?<text>[eE]'(?:[^'\\]|\\[^]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?)|(?<dollar>\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$)|(?<number>\$\d+)|(?<open>\$\{)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<other>[^])/uy;

/** Words that begin another part of a query than its `from`. */
const clauses: ReadonlySet<string> = new Set([
  ...['select', 'where', 'group', 'order', 'having', 'limit', 'offset', 'window', 'union'],
  ...['intersect', 'except', 'for', 'fetch', 'returning', 'set', 'values'],
]);

/** What is known of the brackets that a place of the text is in. */
interface Level {
  /** The clause, by its word; empty before the first. */
  clause: string;
  /** Whether a query began in them: `from` in others belongs to a function, as in `extract(year from x)`. */
  isQuery: boolean;
}

/**
 * Scans SQL for placeholders. Comments have none.
 *
 * @param endOf - The offset of the `}` that closes an expression which begins at an offset; undefined: there is none.
 */
export function scanSql(sql: string, endOf: (start: number) => number | undefined): ScannedSql {
  const placeholders: Placeholder[] = [];
  const levels: Level[] = [{ clause: '', isQuery: true }];
  let [before, last] = ['', ''];
  const numbers: SqlRange[] = [];
  const comments: SqlRange[] = [];
  let firstWord: ScannedSql['firstWord'];
  let isClosed = true;
  let end = 0;
  const add = (start: number, kind: PlaceholderKind): number => {
    const found = endOf(start + 2);
    const after = found === undefined ? sql.length : found + 1;
    placeholders.push({ kind, start, end: after, isClosed: found !== undefined });
    if (found === undefined) isClosed = false;
    return after;
  };
  const addQuoted = (from: number, to: number) => {
    const at = sql.indexOf('${', from);
    if (at >= 0 && at < to) add(at, 'quoted');
  };
  for (let at = 0; at < sql.length;) {
    token.lastIndex = at;
    const match = token.exec(sql);
    const [found = ''] = match ?? [];
    const groups = match?.groups ?? {};
    let next = at + found.length;
    const level = levels.at(-1) ?? { clause: '', isQuery: true };
    if (groups['blank'] !== undefined) {
      at = next;
      continue;
    }
    if (groups['line'] !== undefined || groups['comment'] !== undefined) {
      const close = groups['line'] === undefined ? endOfComment(sql, at) : next;
      if (close === undefined) isClosed = false;
      next = close ?? sql.length;
      comments.push({ start: at, end: next });
      at = next;
      continue;
    }
    let word = found;
    if (groups['text'] !== undefined) {
      addQuoted(at, next);
      const quote = found.replace(/^[eE]/, '');
      if (quote.length < 2 || !quote.endsWith(quote.charAt(0))) isClosed = false;
    } else if (groups['dollar'] !== undefined) {
      const close = sql.indexOf(found, next);
      if (close < 0) isClosed = false;
      next = close < 0 ? sql.length : close + found.length;
      addQuoted(at, next);
    } else if (groups['number'] !== undefined) {
      numbers.push({ start: at, end: next });
    } else if (groups['open'] !== undefined) {
      const isRelation =
        last === 'join' ||
        (level.clause === 'from' && level.isQuery && (last === 'from' || last === ','));
      next = add(at, isRelation ? 'relation' : 'value');
    } else if (groups['word'] !== undefined) {
      word = found.toLowerCase();
      firstWord ??= { start: at, end: next };
      // `a is distinct from b` compares.
      const isComparison = last === 'distinct' && (before === 'is' || before === 'not');
      if (word === 'select') level.isQuery = true;
      if (clauses.has(word) || (word === 'from' && !isComparison)) level.clause = word;
      if (word === 'join') level.clause = 'from';
    } else if (found === '(') {
      levels.push({ clause: '', isQuery: false });
    } else if (found === ')' && levels.length > 1) {
      levels.pop();
    }
    [before, last] = [last, word];
    if (found !== ';') end = next;
    at = next;
  }
  return {
    ...{ placeholders, numbers, comments, firstWord, end },
    isClosed: isClosed && levels.length === 1,
  };
}

/** Behind a comment, in which others may stand; undefined: it is not closed. */
function endOfComment(sql: string, start: number): number | undefined {
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return undefined;
}
