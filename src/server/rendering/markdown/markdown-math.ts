// Recognition of formulas in markdown: `$…$`, `$$…$$` and LaTeX environments.

import { codeLocator } from './markdown-code.js';

/** A formula in markdown. */
export interface MarkdownFormula {
  /** The source with its delimiters. */
  readonly source: string;
  readonly tex: string;
  /** Whether it is a display formula. */
  readonly isDisplay: boolean;
}

/** Markdown with a placeholder for each formula. */
export interface MaskedMarkdown {
  readonly text: string;
  /** The formula of each placeholder. */
  readonly formulas: ReadonlyMap<string, MarkdownFormula>;
  /** Matches the placeholders. */
  readonly word: RegExp;
}

/** The environments that are formulas without dollars. */
const environments = [
  ...['align', 'alignat', 'aligned', 'alignedat', 'array', 'cases', 'CD', 'equation', 'gather'],
  ...['gathered', 'matrix', 'multline', 'rcases', 'dcases', 'split', 'eqnarray', 'smallmatrix'],
  ...['pmatrix', 'bmatrix', 'Bmatrix', 'vmatrix', 'Vmatrix'],
].join('|');

/** Tokens that may begin a formula, and those that are skipped; runs of three and more dollars are skipped. */
const token = new RegExp(
  `\\\\begin\\{((?:${environments})\\*?)\\}|\\\\[^]|\\$+|\\n[ \\t>]*(?=\\n)`,
  'g',
);

/**
 * Replaces formulas by placeholders before the markdown is parsed, as Jupyter does: formulas between dollars, and
 * TeX environments without any. So marks in a formula have no meaning for markdown, a bar does not split the cells
 * of a table, and a dollar in code does not end a formula. A blank line ends a formula, except between lines of
 * `$$`; an unclosed one is plain text.
 * A single dollar opens only before a non-blank character, and closes only after one and not before a digit, as in
 * pandoc: `it costs $5 to $10` has no formula.
 */
export function maskFormulas(markdown: string): MaskedMarkdown {
  const formulas = new Map<string, MarkdownFormula>();
  const mark = unusedCharacter(markdown);
  const word = new RegExp(`${mark}\\d+${mark}`, 'g');
  if (mark === '' || (!markdown.includes('$') && !markdown.includes('\\begin{'))) {
    return { text: markdown, formulas, word: /(?!)/g };
  }
  const words = new Map<string, string>();
  let text = '';
  let position = 0;
  for (const found of findFormulas(markdown)) {
    const source = markdown.slice(found.start, found.end);
    const kept = words.get(source) ?? `${mark}${words.size}${mark}`;
    words.set(source, kept);
    formulas.set(kept, { source, tex: found.tex, isDisplay: found.isDisplay });
    text += markdown.slice(position, found.start) + kept;
    position = found.end;
  }
  return { text: text + markdown.slice(position), formulas, word };
}

/** A private-use character that the text does not contain. */
function unusedCharacter(text: string): string {
  for (let code = 0xe000; code <= 0xf8ff; code += 1) {
    const character = String.fromCharCode(code);
    if (!text.includes(character)) return character;
  }
  return '';
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly tex: string;
  readonly isDisplay: boolean;
}

/** A delimiter of a formula. */
interface Mark {
  /** `$`, `$$`, the name of an environment, or empty for a blank line. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

function findFormulas(markdown: string): Found[] {
  const hidden = codeLocator(markdown);
  const marks = [...markdown.matchAll(token)].flatMap((match): Mark[] => {
    const [text, environment] = match;
    const start = match.index;
    const kind = environment ?? (text.startsWith('\n') ? '' : text);
    if (kind !== '' && (hidden(start) || text.length > 2) && environment === undefined) return [];
    if (environment !== undefined && hidden(start)) return [];
    return text.startsWith('\\') && environment === undefined
      ? []
      : [{ kind, start, end: start + text.length }];
  });
  const next = nextOfKinds(marks);
  const inTable = tableLocator(markdown);
  const found: Found[] = [];
  const ends = new Map<string, number>();
  for (let index = 0; index < marks.length; index += 1) {
    const begin = marks[index];
    if (begin === undefined || begin.kind === '' || begin.start < (found.at(-1)?.end ?? 0))
      continue;
    const limit = next('', index)?.start ?? markdown.length;
    let one: Found | undefined;
    if (begin.kind.startsWith('$')) {
      const close = next(begin.kind, index);
      if (close === undefined) continue;
      one =
        begin.kind === '$'
          ? inlineFormula(markdown, begin, close, { limit, inTable })
          : displayFormula(markdown, begin, close, limit);
    } else {
      one = environmentFormula(markdown, begin, limit, ends);
    }
    if (one !== undefined) found.push(one);
  }
  return found;
}

/** For each mark and kind, the next mark of that kind after it. */
function nextOfKinds(marks: readonly Mark[]): (kind: string, index: number) => Mark | undefined {
  const places = new Map<string, number[]>([
    ['', []],
    ['$', []],
    ['$$', []],
  ]);
  for (const [index, { kind }] of marks.entries()) places.get(kind)?.push(index);
  // Lookups of a kind ascend.
  const at = new Map<string, number>();
  return (kind, index) => {
    const all = places.get(kind) ?? [];
    let place = at.get(kind) ?? 0;
    while ((all[place] ?? Infinity) <= index) place += 1;
    at.set(kind, place);
    return marks[all[place] ?? -1];
  };
}

/** The start of a block, which no inline formula crosses. */
const blockStart = /^[ \t]*(?:[-+*][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|>|`{3}|~{3}|\|)/;

function inlineFormula(
  markdown: string,
  begin: Mark,
  close: Mark,
  { limit, inTable }: { limit: number; inTable: (offset: number) => boolean },
): Found | undefined {
  const tex = markdown.slice(begin.end, close.start);
  const after = markdown.slice(close.end, close.end + 2);
  if (close.start > limit || /^\s|\s$/.test(tex) || /^\d/.test(after) || isCurrency(tex, after)) {
    return undefined;
  }
  const lines = tex.split('\n');
  if (lines.length > 1) {
    const first = markdown.slice(markdown.lastIndexOf('\n', begin.start) + 1, begin.start);
    if (/^[ \t]*(?:#|\|)/.test(first) || lines.slice(1).some((line) => blockStart.test(line)))
      return undefined;
  }
  if (inTable(begin.start) && (lines.length > 1 || partsCells(tex))) return undefined;
  return { start: begin.start, end: close.end, tex, isDisplay: false };
}

/** Whether a closing dollar is a currency sign, as in `$5 to US$ 10`. */
function isCurrency(tex: string, after: string): boolean {
  return /^\s?\d/.test(after) && /(?:^|\s)[A-Z]{1,3}$/.test(tex.slice(-4));
}

/** Whether the bars in a formula look like the borders of table cells: an odd number at the edge or between blanks. */
function partsCells(tex: string): boolean {
  const bars = tex.replace(/\\./g, '').split('|').length - 1;
  return bars % 2 === 1 && /^\||\|$|\s\||\|\s/.test(tex);
}

function displayFormula(
  markdown: string,
  begin: Mark,
  close: Mark,
  limit: number,
): Found | undefined {
  const isOnLine = (mark: Mark) => {
    const end = markdown.indexOf('\n', mark.end);
    const rest = markdown.slice(mark.end, end < 0 ? undefined : end);
    return rest.trim() === '' && /^[ \t>]*$/.test(linePrefix(markdown, mark.start));
  };
  if (close.start > limit && !(isOnLine(begin) && isOnLine(close))) return undefined;
  const tex = withoutQuoteMarks(markdown, begin.start, markdown.slice(begin.end, close.start));
  return tex.trim() === ''
    ? undefined
    : { start: begin.start, end: close.end, tex, isDisplay: true };
}

/** @param ends - The last found end of each environment, so that none is searched twice. */
function environmentFormula(
  markdown: string,
  begin: Mark,
  limit: number,
  ends: Map<string, number>,
): Found | undefined {
  const end = `\\end{${begin.kind}}`;
  let place = ends.get(end) ?? -1;
  if (place < begin.end) {
    const found = markdown.indexOf(end, begin.end);
    place = found < 0 ? Infinity : found;
    ends.set(end, place);
  }
  if (place > limit) return undefined;
  const source = markdown.slice(begin.start, place + end.length);
  const tex = withoutQuoteMarks(markdown, begin.start, source);
  return { start: begin.start, end: place + end.length, tex, isDisplay: true };
}

/** The text before an offset on its line. */
function linePrefix(markdown: string, offset: number): string {
  return markdown.slice(markdown.lastIndexOf('\n', offset - 1) + 1, offset);
}

/** TeX without the marks of the surrounding quote. */
function withoutQuoteMarks(markdown: string, offset: number, tex: string): string {
  const depth = /^[ \t>]*/.exec(linePrefix(markdown, offset))?.[0].split('>').length ?? 1;
  if (depth === 1) return tex;
  const quote = new RegExp(`^(?:[ \\t]*>){1,${Math.min(depth - 1, 30)}}`);
  const [first = '', ...others] = tex.split('\n');
  return [first, ...others.map((line) => line.replace(quote, ''))].join('\n');
}

/** The delimiter row of a table: it contains a bar, or the alignment of its one column. */
const delimiterRow = /^[ \t>]*(?=[^|:]*[|:])\|?(?:[ \t]*:?-+:?[ \t]*\|?)+[ \t]*$/;

/** Whether an offset of markdown is inside a table. Offsets must ascend. */
function tableLocator(markdown: string): (offset: number) => boolean {
  const parts: [number, number][] = [];
  let before: { start: number; text: string } | undefined;
  let start: number | undefined;
  let offset = 0;
  for (const line of markdown.split('\n')) {
    if (start === undefined) {
      const isHead = before?.text.includes('|') === true;
      if (isHead && line.length < 10_000 && delimiterRow.test(line)) start = before?.start;
    } else if (line.replace(/^[ \t>]+/, '') === '') {
      parts.push([start, offset]);
      start = undefined;
    }
    before = { start: offset, text: line };
    offset += line.length + 1;
  }
  if (start !== undefined) parts.push([start, markdown.length]);
  let index = 0;
  return (place) => {
    while ((parts[index]?.[1] ?? Infinity) <= place) index += 1;
    return (parts[index]?.[0] ?? Infinity) <= place;
  };
}
