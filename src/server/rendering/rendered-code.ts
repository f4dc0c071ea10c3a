import { h } from 'hastscript';
import { finishHtml } from './html/finished-html.js';
import type { FinishedHtml } from './html/finished-node.js';
import { highlightCode } from './text/highlight.js';
import type { Pieces } from './pieces.js';

/** Code that pages show outside of notebooks: statements of models, of tasks. */
export interface CodeJob {
  readonly kind: 'code';
  /** As the highlighter calls it. */
  readonly language: string;
  /** By the name that messages call it. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Code with its colours, by its name; what takes too long stays plain. */
export type RenderedCode = ReadonlyMap<string, FinishedHtml>;

/** Colours texts, each by itself. */
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
