/**
 * Elements that were written as HTML elsewhere, as a node of a tree: HTML and the paths of links by
 * turns, which get their addresses where the page is put together. Only
 * `finishHtml` makes them, of elements that are safe already.
 */
export interface FinishedHtml {
  readonly type: 'finished';
  /** One more than there are links. */
  readonly html: readonly string[];
  /** What each link leads to, below the dashboard's root; undefined: nowhere. */
  readonly links: readonly (string | undefined)[];
}

declare module 'hast' {
  interface ElementContentMap {
    finished: FinishedHtml;
  }
  interface RootContentMap {
    finished: FinishedHtml;
  }
}
