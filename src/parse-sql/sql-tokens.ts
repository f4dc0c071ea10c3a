// Tokens of SQL, also of a text that is being written: Postgres's own parser refuses one that is not whole.

/** What a token is. A name in quotes is one, too. */
export type SqlTokenKind =
  | 'name'
  | 'quoted'
  | 'number'
  | 'string'
  | 'parameter'
  | 'operator'
  | 'mark'
  | 'comment';

/** A token. Offsets are characters, from 0. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether a text, a name or a comment ends with the SQL, without its closing quote. */
  readonly isOpen: boolean;
}

/** By https://www.postgresql.org/docs/current/sql-syntax-lexical.html; comments may be nested, and are read below. */
const patterns: readonly (readonly [SqlTokenKind, RegExp])[] = [
  ['comment', /--[^\n]*/y],
  ['string', /(?:[eE]'(?:[^'\\]|\\[^]|'')*|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*)'?/y],
  ['string', /(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)[^]*?(?:\1|$)/y],
  ['quoted', /(?:[uU]&)?"(?:[^"]|"")*"?/y],
  ['parameter', /\$\d+/y],
  ['number', /0[xob][\da-f_]+|\d[\d_]*(?:\.(?!\.)\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?/iy],
  ['name', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['mark', /::|\.\.|:=|=>|[(),;[\].:]/y],
  ['operator', /(?:(?!--|\/\*)[-+*/<>=~!@#%^&|`?])+/y],
  ['mark', /\S/y],
];

/** The tokens of a text in their order; comments are tokens, space is not. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  const space = /\s*/y;
  for (let at = 0; ;) {
    space.lastIndex = at;
    space.exec(sql);
    at = space.lastIndex;
    if (at >= sql.length) return tokens;
    const [kind, end] = sql.startsWith('/*', at)
      ? (['comment', blockCommentEnd(sql, at)] as const)
      : tokenAt(sql, at);
    const text = sql.slice(at, end);
    tokens.push({ kind, text, start: at, end, isOpen: isOpen(kind, text) });
    at = end;
  }
}

function tokenAt(sql: string, at: number): readonly [SqlTokenKind, number] {
  const found = patterns.find(([, pattern]) => {
    pattern.lastIndex = at;
    return pattern.test(sql);
  });
  return found === undefined ? ['mark', at + 1] : [found[0], found[1].lastIndex];
}

function blockCommentEnd(sql: string, start: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  for (let depth = 0; ;) {
    const found = edge.exec(sql);
    if (found === null) return sql.length;
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
}

function isOpen(kind: SqlTokenKind, text: string): boolean {
  if (kind === 'comment') {
    const edges = (mark: string) => text.split(mark).length;
    return text.startsWith('--') || edges('/*') > edges('*/');
  }
  if (kind === 'quoted') return (text.match(/"/g)?.length ?? 0) % 2 === 1;
  if (kind !== 'string') return false;
  const [tag] = /^\$\w*\$/.exec(text) ?? [];
  if (tag !== undefined) return text.length < 2 * tag.length || !text.endsWith(tag);
  const quotes = text.replaceAll(/\\[^]/g, /^[eE]/.test(text) ? '' : '$&').match(/'/g);
  return (quotes?.length ?? 0) % 2 === 1;
}

/** The name that a token stands for: one without quotes is in lower case. */
export function tokenName({ kind, text }: SqlToken): string | undefined {
  if (kind === 'name') return text.toLowerCase();
  if (kind !== 'quoted') return undefined;
  return text
    .replace(/^[^"]*"/, '')
    .replace(/"$/, '')
    .replaceAll('""', '"');
}

/** A name of several parts, like `gold.month.year`. */
export interface DottedName {
  readonly parts: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** The name, with all of its parts, that has a token at an offset. */
export function dottedNameAt(tokens: readonly SqlToken[], offset: number): DottedName | undefined {
  const at = tokens.findIndex(({ start, end }) => start <= offset && offset < end);
  const isPart = (index: number) => {
    const token = tokens[index];
    return token !== undefined && tokenName(token) !== undefined;
  };
  let first = at;
  if (!isPart(first)) return undefined;
  while (tokens[first - 1]?.text === '.' && isPart(first - 2)) first -= 2;
  let last = at;
  while (tokens[last + 1]?.text === '.' && isPart(last + 2)) last += 2;
  const parts = tokens.slice(first, last + 1).flatMap((token) => tokenName(token) ?? []);
  return { parts, start: tokens[first]?.start ?? 0, end: tokens[last]?.end ?? 0 };
}

/** How many characters are the word at an offset: the whole of a name like `gold.month`, else a token. */
export function wordLength(sql: string, offset: number): number {
  const tokens = sqlTokens(sql);
  const name = dottedNameAt(tokens, offset);
  if (name !== undefined) return name.end - offset;
  const token = tokens.find(({ start, end }) => start <= offset && offset < end);
  return token === undefined ? 1 : token.end - offset;
}
