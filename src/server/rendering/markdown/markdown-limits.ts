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
