import { codeLocator } from './markdown-code.js';

/** A formula in markdown. */
export interface MarkdownFormula {
  /** As it was written, with its marks. */
  readonly source: string;
  readonly tex: string;
  /** On lines of its own. */
  readonly isDisplay: boolean;
}

/** Markdown with a word in the place of each formula. */
export interface MaskedMarkdown {
  readonly text: string;
  /** What each word stands for. */
  readonly formulas: ReadonlyMap<string, MarkdownFormula>;
  /** Finds the words. */
  readonly word: RegExp;
}

/** The environments that are formulas without dollars around them. */
const environments = [
  ...['align', 'alignat', 'aligned', 'alignedat', 'array', 'cases', 'CD', 'equation', 'gather'],
  ...['gathered', 'matrix', 'multline', 'rcases', 'dcases', 'split', 'eqnarray', 'smallmatrix'],
  ...['pmatrix', 'bmatrix', 'Bmatrix', 'vmatrix', 'Vmatrix'],
].join('|');

/** What may begin a formula or be passed over; runs of three dollars and more are none. */
const token = new RegExp(
  `\\\\begin\\{((?:${environments})\\*?)\\}|\\\\[^]|\\$+|\\n[ \\t>]*(?=\\n)`,
  'g',
);

/**
 * Takes the formulas out of markdown before it is parsed, as Jupyter does: what stands between dollars,
 * and environments of TeX without any. So no mark in a formula means anything to markdown, no bar in it
 * parts the cells of a table, and no dollar in code ends one. A formula ends before a blank line but for
 * one between lines of `$$`; without its end it is none.
 *
 * A single dollar begins a formula, as pandoc has it, only before a character that is no blank, and ends it
 * only after such a one and not before a digit: `it costs $5 to $10` holds none.
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

/** A character that the text does not hold, of those that Unicode leaves to everybody. */
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

/** A mark that may begin or end a formula. */
interface Mark {
  /** `$`, `$$`, the name of an environment, or empty: a blank line. */
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
  // Each kind is asked for in the order of the text.
  const at = new Map<string, number>();
  return (kind, index) => {
    const all = places.get(kind) ?? [];
    let place = at.get(kind) ?? 0;
    while ((all[place] ?? Infinity) <= index) place += 1;
    at.set(kind, place);
    return marks[all[place] ?? -1];
  };
}

/** A line that begins a part of its own, over which no formula within a line goes. */
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

/** Whether the dollar after a text is that of a currency, as in `$5 to US$ 10`. */
function isCurrency(tex: string, after: string): boolean {
  return /^\s?\d/.test(after) && /(?:^|\s)[A-Z]{1,3}$/.test(tex.slice(-4));
}

/** Whether bars in a row of a table look like those between its cells: an odd one at the edge or by itself. */
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

/** @param ends - Where each environment's end was last found, so that none is looked for twice. */
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

/** What stands before a place on its line. */
function linePrefix(markdown: string, offset: number): string {
  return markdown.slice(markdown.lastIndexOf('\n', offset - 1) + 1, offset);
}

/** TeX without the marks of the quote that it stands in. */
function withoutQuoteMarks(markdown: string, offset: number, tex: string): string {
  const depth = /^[ \t>]*/.exec(linePrefix(markdown, offset))?.[0].split('>').length ?? 1;
  if (depth === 1) return tex;
  const quote = new RegExp(`^(?:[ \\t]*>){1,${Math.min(depth - 1, 30)}}`);
  const [first = '', ...others] = tex.split('\n');
  return [first, ...others.map((line) => line.replace(quote, ''))].join('\n');
}

/** The line under the head of a table; it has a bar, or says where its one column stands. */
const delimiterRow = /^[ \t>]*(?=[^|:]*[|:])\|?(?:[ \t]*:?-+:?[ \t]*\|?)+[ \t]*$/;

/** Tells whether an offset of markdown is within a table. Offsets must be asked in ascending order. */
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
