import { escapeHtml } from './escape-html.js';
import { toJsonValue, type MimeBundle } from './mime-bundle.js';
import type { PlotlyLayout, PlotlyTrace } from './plotly.js';

/** MIME type of plotly's figures. */
export const plotlyMimeType = 'application/vnd.plotly.v1+json';

/** What a chart is made of. */
export interface PlotOptions {
  /** What there is to see, as a sentence: `Churn peaked in May at 12.8 %`. */
  title: string;
  /** How to read it: what is counted, what the marks mean, which periods are incomplete. */
  caption?: string;
  /** What the chart shows for those who do not see it, in a sentence or two. Default: the title. */
  alt?: string;
  /** The series. */
  data: readonly PlotlyTrace[];
  /** Axes and the like. Leave fonts and backgrounds to the page that shows it. */
  layout?: PlotlyLayout;
  /** Where the data come from, like `gold.monthly_churn`. */
  source?: string;
}

/**
 * A chart as one output: plotly's figure for front ends that draw it, and what it shows in words for
 * those that cannot. The words travel in `layout.meta.daybook` too, where pages find them.
 */
export function plotBundle(options: PlotOptions): MimeBundle {
  const { title, caption, alt = title, source, data, layout = {} } = options;
  const description = { title, caption, alt, source };
  const meta = typeof layout['meta'] === 'object' ? layout['meta'] : {};
  const words = [
    caption,
    alt === title ? undefined : alt,
    source === undefined ? undefined : `Source: ${source}`,
  ].filter((text) => text !== undefined);
  return {
    [plotlyMimeType]: toJsonValue({
      data,
      layout: { ...layout, title: titleOf(title), meta: { ...meta, daybook: description } },
    }),
    'text/html':
      `<figure class="daybook-figure"><p><strong>${escapeHtml(title)}</strong></p>` +
      `<figcaption>${words.map((text) => `<p>${escapeHtml(text)}</p>`).join('')}</figcaption></figure>`,
    'text/plain': [title, ...words].join('\n'),
  };
}

/** Front ends that know only plotly show the title as plotly draws it: at the left, above the axes. */
function titleOf(text: string) {
  // plotly reads a few tags in its texts.
  return { text: escapeHtml(text), x: 0, xref: 'paper', xanchor: 'left' };
}
