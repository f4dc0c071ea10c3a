// Outline of the queries around a place in SQL, also of a text that is being written: what is in `from`, and which
// common table expressions there are.

import { sqlTokens, tokenName, type SqlToken } from './sql-tokens.js';

/** A part of a text, in characters from 0. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** An item of `from`. */
export interface OutlineItem {
  /** The name that it has in the query. */
  readonly name: string;
  /** The relation or function that it names: its parts, like `gold` and `month`. None: a subquery. */
  readonly relation: readonly string[];
  readonly isFunction: boolean;
  /** The text of a subquery, without its parentheses. */
  readonly subquery: TextRange | undefined;
  /** The names that the item gives its columns; of the first ones. */
  readonly columnNames: readonly string[];
}

/** A common table expression. */
export interface OutlineTable {
  readonly name: string;
  /** Where its text ends, with its parenthesis. */
  readonly end: number;
}

/** A part of a query that a word like `where` begins. */
export type Clause =
  | 'start'
  | 'with'
  | 'select'
  | 'from'
  | 'on'
  | 'where'
  | 'group'
  | 'having'
  | 'window'
  | 'order'
  | 'limit'
  | 'values'
  | 'set'
  | 'returning';

/** A query that a place lies in. */
export interface OutlineQuery {
  /** Where its `with` begins; its common table expressions. */
  readonly withStart: number;
  readonly tables: readonly OutlineTable[];
  readonly items: readonly OutlineItem[];
  /** The clause in which the place lies. */
  readonly clause: Clause;
  readonly outer: OutlineQuery | undefined;
}

const clauseWords: ReadonlyMap<string, Clause> = new Map<string, Clause>([
  ...(
    ['select', 'from', 'on', 'where', 'group', 'having', 'window', 'order', 'limit'] as const
  ).map((word) => [word, word] as const),
  ...[['offset', 'limit'] as const, ['fetch', 'limit'] as const],
  ...(['values', 'set', 'returning'] as const).map((word) => [word, word] as const),
  ...[['join', 'from'] as const, ['update', 'from'] as const, ['into', 'from'] as const],
]);

/** Words that begin a query in parentheses. */
const queryWords = new Set(['select', 'with', 'values', 'table', 'insert', 'update', 'delete']);

/** Words after an item of `from` that are no name of it. */
const noAlias = new Set(
  `on using join left right full inner cross natural where group order having limit offset fetch for union intersect
  except window returning set tablesample with as lateral from select values when outer only`.split(
    /\s+/,
  ),
);

const setWords = new Set(['union', 'intersect', 'except']);

/** The innermost query around a place, and in it those that it stands in. */
export function queryAround(sql: string, offset: number): OutlineQuery {
  const tokens = sqlTokens(sql).filter(({ kind }) => kind !== 'comment');
  return new Outliner(tokens, offset).query(...statementAround(tokens, offset), undefined);
}

function statementAround(tokens: readonly SqlToken[], offset: number): [number, number] {
  const ends = tokens.flatMap(({ text }, index) => (text === ';' ? [index] : []));
  const isBefore = (index: number) => (tokens[index]?.end ?? 0) <= offset;
  return [
    (ends.findLast(isBefore) ?? -1) + 1,
    ends.find((index) => !isBefore(index)) ?? tokens.length,
  ];
}

class Outliner {
  readonly #tokens: readonly SqlToken[];
  readonly #offset: number;
  /** Of each opening parenthesis, where it closes: the text's end where it does not. */
  readonly #closing: ReadonlyMap<number, number>;

  constructor(tokens: readonly SqlToken[], offset: number) {
    this.#tokens = tokens;
    this.#offset = offset;
    const closing = new Map<number, number>();
    const open: number[] = [];
    for (const [index, { text }] of tokens.entries()) {
      if (text === '(' || text === '[') open.push(index);
      else if (text === ')' || text === ']') {
        const opened = open.pop();
        if (opened !== undefined) closing.set(opened, index);
      }
    }
    for (const index of open) closing.set(index, tokens.length);
    this.#closing = closing;
  }

  /** The query of a range of tokens, or the innermost one in it. */
  query(from: number, to: number, outer: OutlineQuery | undefined): OutlineQuery {
    const withStart = this.#tokens[from]?.start ?? 0;
    const { tables, next, inside } = this.#withTables(from, to);
    const empty = { withStart, tables, items: [], clause: 'with' as const, outer };
    if (inside !== undefined) return this.query(inside[0], inside[1], empty);
    const [start, end] = this.#arm(next, to);
    const { items, clause, group } = this.#clauses(start, end);
    const query = { ...empty, items, clause: next > from && next >= to ? 'with' : clause };
    if (group === undefined) return query;
    const inner = this.query(group + 1, Math.min(this.#closing.get(group) ?? to, to), query);
    // What stands in parentheses and is no query is an expression, or joins.
    const isQuery = queryWords.has(this.#word(group + 1) ?? '');
    return !isQuery && inner.outer === query && inner.items.length === 0
      ? { ...query, clause: clause === 'from' && this.#isCall(group) ? 'select' : clause }
      : inner;
  }

  #isCall(group: number): boolean {
    const before = this.#tokens[group - 1];
    return before !== undefined && tokenName(before) !== undefined;
  }

  #word(index: number): string | undefined {
    const token = this.#tokens[index];
    return token?.kind === 'name' ? token.text.toLowerCase() : undefined;
  }

  /** Whether the place lies in parentheses. */
  #holds(group: number): boolean {
    const end = this.#tokens[this.#closing.get(group) ?? -1]?.start ?? Infinity;
    return (this.#tokens[group]?.end ?? 0) <= this.#offset && this.#offset <= end;
  }

  #withTables(
    from: number,
    to: number,
  ): {
    tables: OutlineTable[];
    next: number;
    /** The tokens of the expression in which the place lies. */
    inside?: readonly [number, number];
  } {
    const tables: OutlineTable[] = [];
    if (this.#word(from) !== 'with') return { tables, next: from };
    let at = from + 1;
    if (this.#word(at) === 'recursive') at += 1;
    while (at < to) {
      const token = this.#tokens[at];
      const name = token && tokenName(token);
      if (name === undefined) break;
      at += 1;
      if (this.#tokens[at]?.text === '(') at = (this.#closing.get(at) ?? to) + 1;
      while (['as', 'not', 'materialized'].includes(this.#word(at) ?? '')) at += 1;
      if (this.#tokens[at]?.text !== '(') break;
      const close = Math.min(this.#closing.get(at) ?? to, to);
      if (this.#holds(at)) return { tables, next: at, inside: [at + 1, close] };
      tables.push({ name, end: this.#tokens[close]?.end ?? Infinity });
      at = close + 1;
      if (this.#tokens[at]?.text !== ',') break;
      at += 1;
    }
    return { tables, next: at };
  }

  /** The part of a set operation in which the place lies. */
  #arm(from: number, to: number): [number, number] {
    let start = from;
    for (let at = from; at < to; at = this.#after(at)) {
      if (!setWords.has(this.#word(at) ?? '')) continue;
      if ((this.#tokens[at]?.start ?? 0) >= this.#offset) return [start, at];
      start = ['all', 'distinct'].includes(this.#word(at + 1) ?? '') ? at + 2 : at + 1;
    }
    return [start, to];
  }

  /** The token after one, parentheses passed over. */
  #after(at: number): number {
    return (this.#closing.get(at) ?? at) + 1;
  }

  /** What a select's clauses say, and the parentheses in which the place lies. */
  #clauses(
    from: number,
    to: number,
  ): { items: OutlineItem[]; clause: Clause; group: number | undefined } {
    const items: OutlineItem[] = [];
    let clause: Clause = 'start';
    let reached: Clause = 'start';
    let group: number | undefined;
    let isItem = false;
    for (let at = from; at < to;) {
      const token = this.#tokens[at];
      if (token === undefined) break;
      const isBefore =
        token.end < this.#offset || (token.end === this.#offset && token.kind !== 'name');
      if (this.#closing.has(at) && this.#holds(at)) group = at;
      const begun = this.#clauseAt(at, clause);
      if (begun !== undefined) {
        clause = begun;
        isItem = begun === 'from';
        at += 1;
      } else if (clause === 'on' && (token.text === ',' || isJoin(this.#word(at)))) {
        clause = 'from';
        isItem = token.text === ',';
        at += 1;
      } else if (clause === 'from' && token.text === ',') {
        isItem = true;
        at += 1;
      } else if (clause === 'from' && isItem && !noAlias.has(this.#word(at) ?? '')) {
        const found = this.#item(at, to);
        isItem = found.items.length === 0;
        items.push(...found.items);
        for (let inside = at; inside < found.next; inside += 1) {
          if (this.#closing.has(inside) && this.#holds(inside)) group ??= inside;
        }
        at = Math.max(found.next, at + 1);
      } else {
        at = this.#after(at);
      }
      if (isBefore) reached = clause;
    }
    return { items, clause: reached, group };
  }

  /** The clause that a word begins. */
  #clauseAt(at: number, current: Clause): Clause | undefined {
    const word = this.#word(at) ?? '';
    const clause = clauseWords.get(word);
    if (word === 'from' && this.#word(at - 1) === 'distinct') {
      return ['is', 'not'].includes(this.#word(at - 2) ?? '') ? undefined : clause;
    }
    if (['on', 'set'].includes(word) && current !== 'from') return undefined;
    const before = this.#tokens[at - 1];
    // The name after a dot is not written yet where the place is.
    return before?.text === '.' && before.end !== this.#offset ? undefined : clause;
  }

  /** The items of `from` that begin with a token: several in parentheses around joins. */
  #item(from: number, to: number): { items: OutlineItem[]; next: number } {
    let at = from;
    const relation: string[] = [];
    let subquery: TextRange | undefined;
    let isFunction = false;
    if (this.#tokens[at]?.text === '(') {
      const close = Math.min(this.#closing.get(at) ?? to, to);
      if (!queryWords.has(this.#word(at + 1) ?? '')) {
        const inner: OutlineItem[] = [];
        for (let next = at + 1; next < close;) {
          const found = this.#item(next, close);
          inner.push(...found.items);
          while (found.next < close && !isJoinEnd(this.#tokens[found.next])) found.next += 1;
          next = Math.max(found.next + 1, next + 1);
        }
        return { items: inner, next: close + 1 };
      }
      subquery = {
        start: this.#tokens[at]?.end ?? 0,
        end: this.#tokens[close]?.start ?? Infinity,
      };
      at = close + 1;
    } else {
      for (;;) {
        const token = this.#tokens[at];
        const name = at < to && token !== undefined ? tokenName(token) : undefined;
        if (name === undefined) break;
        relation.push(name);
        at += 1;
        if (this.#tokens[at]?.text !== '.') break;
        at += 1;
      }
      if (relation.length === 0) return { items: [], next: at };
      if (this.#tokens[at]?.text === '(') {
        // The columns that are written, of a table.
        isFunction = this.#word(from - 1) !== 'into';
        at = this.#after(at);
      }
    }
    if (this.#word(at) === 'as') at += 1;
    const token = at < to ? this.#tokens[at] : undefined;
    const alias =
      token === undefined || noAlias.has(this.#word(at) ?? '') ? undefined : tokenName(token);
    const columnNames: string[] = [];
    if (alias !== undefined) {
      at += 1;
      if (this.#tokens[at]?.text === '(') {
        const close = Math.min(this.#closing.get(at) ?? to, to);
        for (const part of this.#tokens.slice(at + 1, close)) {
          const name = tokenName(part);
          if (name !== undefined) columnNames.push(name);
        }
        at = close + 1;
      }
    }
    const name = alias ?? relation.at(-1) ?? '';
    return { items: [{ name, relation, isFunction, subquery, columnNames }], next: at };
  }
}

function isJoin(word: string | undefined): boolean {
  return ['left', 'right', 'full', 'inner', 'cross', 'natural'].includes(word ?? '');
}

function isJoinEnd(token: SqlToken | undefined): boolean {
  return token?.text === ',' || token?.text.toLowerCase() === 'join';
}
