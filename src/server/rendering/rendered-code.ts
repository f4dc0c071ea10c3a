// Syntax highlighting of SQL and other code outside of notebooks.

import { h } from 'hastscript';
import { finishHtml } from './html/finished-html.js';
import type { FinishedHtml } from './html/finished-node.js';
import { highlightCode } from './text/highlight.js';
import type { Pieces } from './pieces.js';

/** Code outside of notebooks: SQL of models and tasks. */
export interface CodeJob {
  readonly kind: 'code';
  /** The language, as the highlighter calls it. */
  readonly language: string;
  /** By the name in error messages. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Highlighted code, by its name; slow code stays plain. */
export type RenderedCode = ReadonlyMap<string, FinishedHtml>;

/** Highlights texts, each as its own piece. */
export function renderCode({ language, texts }: CodeJob, pieces: Pieces): RenderedCode {
  return new Map(
    [...texts].map(([name, text]) => [
      name,
      pieces.layOut(
        name,
        () => finishHtml([h('code', highlightCode(text, language))]),
        () => finishHtml([h('code', text)]),
      ),
    ]),
  );
}
