// The document of a single figure, for frames of other sites.

import type { Root } from 'hast';
import { h } from 'hastscript';
import type { RunSummary } from '../../../publication/publication.js';
import { relocate } from '../../rendering/html/relocate.js';
import type { RenderedFigure, RenderedNotebook } from '../../rendering/rendered-notebook.js';
import { toHtml } from '../../rendering/html/to-html.js';
import { localeMark, type PageFrame } from '../../parts/layout.js';
import { figurePath } from '../../paths.js';
import { formatDay } from '../../parts/time.js';

/** A figure of a notebook's run, for embedding. */
export interface EmbedView {
  readonly slug: string;
  readonly run: RunSummary;
  readonly page: RenderedNotebook;
  readonly figure: RenderedFigure;
  /** Undefined: the reader's system decides. */
  readonly theme: 'light' | 'dark' | undefined;
}

/** A document of one figure with a link to its page. */
export function embedDocument(view: EmbedView, frame: PageFrame, timeZone: string): string {
  const { slug, run, page, figure, theme } = view;
  // Links open outside of the frame, because our pages forbid framing.
  const source = {
    href: figurePath(slug, figure.name),
    target: '_blank',
    rel: ['noopener'],
  };
  const document: Root = {
    type: 'root',
    children: [
      { type: 'doctype' },
      h('html', { lang: 'en', ...localeMark(), dataTheme: theme }, [
        h('head', [
          h('meta', { charSet: 'utf-8' }),
          h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
          h('meta', { name: 'color-scheme', content: theme ?? 'light dark' }),
          h('meta', { name: 'robots', content: 'noindex' }),
          h('title', `${figure.title} · ${page.title}`),
          ...frame.resources.head,
        ]),
        h('body', { className: 'embed' }, [
          h('main', [
            // The page's title, for screen readers; the caption shows it below the figure.
            h('h1', { className: 'sr-only' }, page.title),
            figure.embed,
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
