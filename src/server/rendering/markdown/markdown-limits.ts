import type { gfm } from 'micromark-extension-gfm';

/** What one piece of markdown may weigh, see {@link weightOf}: a text of 200 pages weighs less. */
const maxPiece = 25_000;

/** What all pieces of a page may weigh. */
const maxPage = 50_000;

/** A line, for each may begin a paragraph, a list, or go on with one. */
const lineWeight = 3;

/** What micromark looks for in all that follows, or at in all that went before. */
const farWeight = 20;

/** What begins a comment or the like within a text, which only a certain mark ends. */
const farMark = /<[!?]/g;
/** What costs about three times as much as other marks: tags, formulas, deletions. */
const dearMark = /<[A-Za-z/]|[$~]/g;
/** Marks that may begin or end anything at all. */
const mark = /[<[\]!*_~`|$&\\]/g;
/** A line under a heading. */
const underline = /^[ \t>]*(?:=+|-+)[ \t]*$/;
/** A line under the head of a table, with a mark for each column. */
const delimiterRow = /^[-:|> \t]+$/;

/**
 * How much markdown the page of one notebook may hold, counted before any of it is parsed, in time that
 * grows with its length alone. A parser of markdown has marks that cost it far more than their bytes; a
 * text of them would keep the server from everybody else for minutes. What is over the budget is shown
 * as it was written.
 */
export class MarkdownBudget {
  #left = maxPage;

  /** Whether there is enough left for this piece; then it is taken. */
  affords(markdown: string): boolean {
    const weight = weightOf(markdown);
    if (weight > maxPiece || weight > this.#left) return false;
    this.#left -= weight;
    return true;
  }
}

/**
 * What a piece of markdown costs to parse, in about the cost of one mark: a sum over its lines of their
 * marks, and of the cells that a line of a table has, written or not.
 */
export function weightOf(markdown: string): number {
  let weight = 0;
  let columns = 0;
  for (const line of markdown.split(/\r\n?|\n/)) {
    // So far to the right a line may be in a list within lists, which are all asked for it.
    weight += lineWeight + (line.length - line.trimStart().length) / 2;
    weight += count(line, mark) + count(line, dearMark) * 2 + count(line, farMark) * farWeight;
    if (underline.test(line)) weight += farWeight;
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

/** Quotes, lists and footnotes within each other on one line; more mean nothing to a reader. */
const maxDepth = 30;

/** So far to the right nothing but a list within dozens of others begins. */
const maxIndent = 200;

/** Quotes and lists in one piece, and lines of a quote without its mark. */
const maxContainers = 2000;

const container = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])|\[\^[^\]]{1,200}\]:)/y;

/**
 * Whether markdown has too many quotes and lists, or too deep ones: micromark searches the whole document for
 * each that ends, so the time grows with the square of their number.
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

/** The marks that a line begins with, like `>-`; undefined: too many, or too far to the right. */
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

/** Marks of emphasis and of links that count in one paragraph; those after them are plain text. */
const maxMarks = 1000;

const marks = Array.from('*_[]!', (mark) => mark.charCodeAt(0));

/**
 * Limits the marks of a paragraph. For each mark that may end an emphasis or a link micromark searches
 * those before it, so the time grows with the square of their number.
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

/** Words of a paragraph that may be addresses; later ones are plain text. */
const maxAddresses = 5000;

/** Limits the addresses in plain text, for which micromark searches all words before each. */
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

/** Tells whether a context, of which each paragraph, heading and cell has its own, asked more often. */
function counter(most: number): (context: object) => boolean {
  const counts = new WeakMap<object, number>();
  return (context) => {
    const count = (counts.get(context) ?? 0) + 1;
    counts.set(context, count);
    return count > most;
  };
}
