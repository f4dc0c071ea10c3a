// The tree node of serialised HTML.

/**
 * Serialised HTML as a node of a tree: parts of HTML and the paths of the links between them, whose addresses are
 * filled in with the page. Only `finishHtml` makes it, of sanitised elements.
 */
export interface FinishedHtml {
  readonly type: 'finished';
  /** One more than there are links. */
  readonly html: readonly string[];
  /** The path of each link, below the dashboard's root; undefined: no target. */
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
