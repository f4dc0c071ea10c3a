// Limits of markdown against slow parsing: weight, nesting, marks and links of a text.

import type { gfm } from 'micromark-extension-gfm';

/** The limit for one piece, see {@link weightOf}: a text of 200 pages weighs less. */
const maxPiece = 25_000;

/** The limit for all pieces of a page. */
const maxPage = 50_000;

/** The weight of a line: each may begin or continue a paragraph or a list. */
const lineWeight = 3;

/** The weight of marks for which micromark searches all text before or after. */
const lookaheadWeight = 20;

/** The start of comments and the like, which only a certain mark ends. */
const lookaheadMark = /<[!?]/g;
/** Marks at about three times the cost of others: tags, formulas, deletions. */
const expensiveMark = /<[A-Za-z/]|[$~]/g;
/** Other marks. */
const mark = /[<[\]!*_~`|$&\\]/g;
/** The underline of a heading. */
const underline = /^[ \t>]*(?:=+|-+)[ \t]*$/;
/** The delimiter row of a table, with a mark for each column. */
const delimiterRow = /^[-:|> \t]+$/;

/**
 * The budget of markdown for a page, checked before parsing in time linear in the text. Some marks cost a parser
 * far more than their bytes, and a text full of them would block the server for minutes. A piece over the budget
 * is shown as source.
 */
export class MarkdownBudget {
  #left = maxPage;

  /** Whether the budget allows this piece; if so, it is deducted. */
  affords(markdown: string): boolean {
    const weight = weightOf(markdown);
    if (weight > maxPiece || weight > this.#left) return false;
    this.#left -= weight;
    return true;
  }
}

/**
 * The estimated cost of parsing, in units of one mark: the sum over all lines of their marks, and of the table
 * cells that a row has, written or not.
 */
export function weightOf(markdown: string): number {
  let weight = 0;
  let columns = 0;
  for (const line of markdown.split(/\r\n?|\n/)) {
    // An indented line may belong to a list in a list: every open list is asked.
    weight += lineWeight + (line.length - line.trimStart().length) / 2;
    weight +=
      count(line, mark) +
      count(line, expensiveMark) * 2 +
      count(line, lookaheadMark) * lookaheadWeight;
    if (underline.test(line)) weight += lookaheadWeight;
    if (line.trim() === '') columns = 0;
    if (line.includes('-') && delimiterRow.test(line))
      columns = Math.max(columns, count(line, /\|/g));
    weight += columns;
  }
  return weight;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** The deepest nesting of quotes, lists and footnotes. */
const maxDepth = 30;

/** The widest indentation; only a list inside dozens of others begins further right. */
const maxIndent = 200;

/** The most changes of quotes and lists, and the most lazy continuation lines. */
const maxContainers = 2000;

const container = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])|\[\^[^\]]{1,200}\]:)/y;

/**
 * Whether quotes and lists are too many or too deep: micromark searches the whole document for each that ends, so
 * the time grows with the square of their number.
 */
export function isOverNested(markdown: string): boolean {
  let changes = 0;
  let lazyLines = 0;
  let before = '';
  for (const line of markdown.split(/\r\n?|\n/)) {
    const kind = containersOf(line);
    if (kind === undefined) return true;
    const isBlank = line.trim() === '';
    // A blank line ends quotes, but no lists.
    if (isBlank && !before.includes('>')) continue;
    if (kind === '' && !isBlank && before !== '') lazyLines += 1;
    else {
      if (kind !== before) changes += 1;
      before = kind;
    }
    if (changes > maxContainers || lazyLines > maxContainers) return true;
  }
  return false;
}

/** The container marks at the start of a line, like `>-`; undefined: too many, or indented too far. */
function containersOf(line: string): string | undefined {
  let kind = '';
  container.lastIndex = 0;
  for (let match = container.exec(line); match !== null; match = container.exec(line)) {
    if (match[0].length > maxIndent) return undefined;
    kind += match[0].trimStart().replace(/\d+/, '1').replace(/\[.*/, ':');
    if (kind.length > maxDepth) return undefined;
  }
  return kind;
}

type Extension = ReturnType<typeof gfm>;
type Construct = Exclude<NonNullable<NonNullable<Extension['text']>[number]>, readonly unknown[]>;

/** The most marks of emphasis and links in a paragraph; further ones are plain text. */
const maxMarks = 1000;

const marks = Array.from('*_[]!', (mark) => mark.charCodeAt(0));

/**
 * Limits the marks of a paragraph. For each closing mark micromark searches the ones before, so the time grows
 * with the square of their number.
 */
export function limitMarks(): Extension {
  const isMore = counter(maxMarks);
  const construct: Construct = {
    tokenize(effects, ok, nok) {
      const isText = isMore(this);
      return (code) => {
        if (!isText) return nok(code);
        effects.enter('data');
        effects.consume(code);
        effects.exit('data');
        return ok;
      };
    },
  };
  return { text: Object.fromEntries(marks.map((mark) => [mark, construct])) };
}

/** The most words of a paragraph that may be addresses; further ones are plain text. */
const maxAddresses = 5000;

/** Limits automatic links in plain text, for which micromark searches all words before each. */
export function limitAddresses(extension: Extension): Extension {
  const isMore = counter(maxAddresses);
  const bounded = (construct: Construct): Construct => ({
    ...construct,
    tokenize(effects, ok, nok) {
      return isMore(this) ? nok : construct.tokenize.call(this, effects, ok, nok);
    },
  });
  const text = Object.entries(extension.text ?? {}).map(([code, constructs]) => [
    code,
    [constructs ?? []]
      .flat()
      .map((one) => (one.name?.endsWith('Autolink') === true ? bounded(one) : one)),
  ]);
  return { ...extension, text: Object.fromEntries(text) as Extension['text'] };
}

/** Whether a context (a paragraph, heading or cell) has asked more often than `most`. */
function counter(most: number): (context: object) => boolean {
  const counts = new WeakMap<object, number>();
  return (context) => {
    const count = (counts.get(context) ?? 0) + 1;
    counts.set(context, count);
    return count > most;
  };
}
