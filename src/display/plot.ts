// Charts: `plot(…)` with title, caption, description and source.

import { isJsonObject } from '../nbformat/notebook.js';
import { plotlyType } from '../chart/figure/figure.js';
import { settleAxes } from '../chart/figure/settle-axes.js';
import { settleOutlines } from '../chart/figure/settle-outlines.js';
import { withSubdivisions } from '../chart/picture/geo/subdivision-outlines.js';
import { traceType, unknownType } from '../chart/figure/trace-types.js';
import { escapeHtml } from '../text/escape-html.js';
import { figureHtml } from './figure-html.js';
import { requireFigureId } from './figure-id.js';
import { toJsonValue, type JsonValue, type MimeBundle } from './mime-bundle.js';
import type { PlotlyLayout, PlotlyTrace } from './plotly.js';

/** What a chart is made of. */
export interface PlotOptions {
  /**
   * Its name in addresses, unique in the notebook, like `churn-by-month`. Default: made of the title, so a title
   * that holds a number wants an id.
   */
  id?: string;
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
  rows?: undefined;
}

/**
 * A chart as one output: plotly's figure for front ends that draw it, a picture of it with its data
 * for those that show HTML, and words. The words travel in `layout.meta.daybook` too, where pages find
 * them.
 *
 * @throws TypeError when a series is of a type that plotly does not know: it would draw an empty frame; for an id
 *   that cannot stand in addresses; for a location of `locationmode: 'ISO-3166-2'` that no part of a country is called.
 */
export function plotBundle(options: PlotOptions): MimeBundle {
  const { id, title, caption, alt = title, source, data, layout = {} } = options;
  requireFigureId(id);
  requireKnownTypes(data);
  const description = { id, title, caption, alt, source };
  const meta = typeof layout['meta'] === 'object' ? layout['meta'] : {};
  const words = [
    caption,
    alt === title ? undefined : alt,
    source === undefined ? undefined : `Source: ${source}`,
  ].filter((text) => text !== undefined);
  const figure = {
    data,
    layout: {
      ...layout,
      title: titleOf(title, caption),
      meta: { ...meta, daybook: description },
    },
  };
  return figureBundle(figure, [title, ...words].join('\n'));
}

function requireKnownTypes(data: readonly PlotlyTrace[]): void {
  for (const [index, trace] of data.entries()) {
    const problem = unknownType(traceType(trace));
    const name = trace.name === undefined ? '' : ` (“${trace.name}”)`;
    if (problem !== undefined) throw new TypeError(`Series ${index + 1}${name}: ${problem}`);
  }
}

/** A figure as one output, for front ends that draw plotly's and for all others. */
export function figureBundle(figure: object, text: string): MimeBundle {
  const json = settled(toJsonValue(figure));
  const html = figureHtml(json);
  return {
    [plotlyType]: json,
    ...(html === undefined ? {} : { 'text/html': html }),
    'text/plain': text,
  };
}

/** The figure as every front end shows it alike: see {@link withSubdivisions}, {@link settleAxes} and {@link settleOutlines}. */
function settled(figure: JsonValue): JsonValue {
  if (!isJsonObject(figure) || !Array.isArray(figure['data'])) return figure;
  const layout = figure['layout'];
  const { data } = figure;
  if (!data.every(isJsonObject) || (layout !== undefined && !isJsonObject(layout))) return figure;
  const outlined = withSubdivisions({ traces: data, layout: layout ?? {} });
  const after = settleAxes({ ...outlined, traces: settleOutlines(outlined.traces) });
  return {
    ...figure,
    data: [...after.traces],
    ...(layout === undefined && Object.keys(after.layout).length === 0
      ? {}
      : { layout: after.layout }),
  };
}

/** Characters of a line under the title: plotly breaks no lines by itself. */
const lineLength = 100;

/**
 * Title and caption as plotly draws them, for front ends that know nothing else: at the left, and as
 * far above the axes as they need. Daybook's pages set them as text of their own.
 */
function titleOf(title: string, caption: string | undefined) {
  const lines = breakLines(caption ?? '');
  return {
    text: escapeHtml(title),
    ...(caption === undefined ? {} : { subtitle: { text: lines.map(escapeHtml).join('<br>') } }),
    ...{ x: 0, xref: 'paper', xanchor: 'left' },
    ...{ y: 0.97, yref: 'container', yanchor: 'top', pad: { b: 12 }, automargin: true },
  };
}

function breakLines(text: string): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || longer.length <= lineLength) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
