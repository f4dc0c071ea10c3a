import type { Root } from 'hast';
import { h } from 'hastscript';
import type { RunSummary } from '../../publication/publication-reader.js';
import { relocate } from '../relocate.js';
import { figureElement } from '../render/figure-element.js';
import type { NotebookPage, PageFigure } from '../render/notebook-page.js';
import { toHtml } from '../render/to-html.js';
import type { PageFrame } from './layout.js';
import { csvPath, notebookPath } from './paths.js';
import { formatDay } from './time.js';

/** One figure of a notebook's run, for other sites. */
export interface EmbedView {
  readonly slug: string;
  readonly run: RunSummary;
  readonly page: NotebookPage;
  readonly entry: PageFigure;
  /** Undefined: as the reader's system has it. */
  readonly theme: 'light' | 'dark' | undefined;
}

/** A document with one figure and nothing around it but the way to where it comes from. */
export function embedDocument(view: EmbedView, frame: PageFrame, timeZone: string): string {
  const { slug, run, page, entry, theme } = view;
  const title = entry.figure.title ?? `Figure ${entry.number}`;
  // Links leave the frame: the page that they lead to does not let itself be framed.
  const source = {
    href: `${notebookPath(slug)}#figure-${entry.number}`,
    target: '_blank',
    rel: ['noopener'],
  };
  const document: Root = {
    type: 'root',
    children: [
      { type: 'doctype' },
      h('html', { lang: 'en', dataTheme: theme }, [
        h('head', [
          h('meta', { charSet: 'utf-8' }),
          h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
          h('meta', { name: 'color-scheme', content: theme ?? 'light dark' }),
          h('meta', { name: 'robots', content: 'noindex' }),
          h('title', `${title} · ${page.title}`),
          ...frame.resources.head,
        ]),
        h('body', { className: 'embed' }, [
          h('main', [
            // Of what page it is: who sees the frame reads it below the figure.
            h('h1', { className: 'sr-only' }, page.title),
            figureElement(entry, {
              csvHref: ({ number }) => csvPath(slug, run.runId, number),
              hasCode: false,
              queries: [],
            }),
            h('p', { className: 'embed-source' }, [
              h('a', source, page.title),
              run.dataThrough === undefined
                ? undefined
                : `, data through ${formatDay(run.dataThrough, run.timeZone ?? timeZone)}`,
            ]),
          ]),
          ...frame.resources.scripts,
        ]),
      ]),
    ],
  };
  return toHtml(frame.address === undefined ? document : relocate(document, frame.address));
}
