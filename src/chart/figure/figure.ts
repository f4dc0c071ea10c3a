// This folder reads plotly's figures: the validated and cleaned figure (this file), its axes, values and formats,
// and the plotly bundles and maps that it needs.
import { type Json, type JsonObject, isJsonObject } from '../../nbformat/notebook.js';
import { cleanPlotlyText, plainText } from './plotly-text.js';
import { settleAxes } from './settle-axes.js';
import { settleOutlines } from './settle-outlines.js';
import { undrawable } from './trace-types.js';

/** MIME type of plotly's figures. */
export const plotlyType = 'application/vnd.plotly.v1+json';

/** A chart that a page may show: nothing in it runs, loads or links, and its style is the page's. */
export interface Figure {
  /** The finding, as a sentence; plain text. */
  readonly title: string | undefined;
  /** How to read it; plain text. */
  readonly caption: string | undefined;
  /** A description for those who do not see it; plain text. */
  readonly alt: string | undefined;
  /** The source of the data, like `gold.monthly_churn`; plain text. */
  readonly source: string | undefined;
  /** The title of the y axis, which the page shows above the chart; plain text. */
  readonly axisName: string | undefined;
  /** plotly's traces, at least one. */
  readonly traces: readonly JsonObject[];
  /** plotly's layout without title, size, fonts, backgrounds and template, which are the page's. */
  readonly layout: JsonObject;
  /** Height in CSS pixels. */
  readonly height: number;
  /** Why it cannot be drawn, as a sentence; undefined: plotly draws it. */
  readonly undrawable: string | undefined;
}

const defaultHeight = 380;
const maxDepth = 30;

/** Names that reach an object's prototype, alone or within a path like `a.__proto__.b`. */
const prototypeName = /(?:^|[.[\]])(?:__proto__|constructor|prototype)(?:$|[.[\]])/;

/** Parts of a layout that the page decides. */
const pageLayout = new Set([
  ...['autosize', 'font', 'height', 'meta', 'paper_bgcolor', 'plot_bgcolor', 'template', 'title'],
  'width',
]);

/**
 * Validates and cleans a plotly figure.
 *
 * @param value - The value of {@link plotlyType} in a MIME bundle: an object, or JSON text from kernels that send
 *   only text.
 * @returns Undefined when it is no figure, or has nothing to draw.
 */
export function readFigure(value: Json): Figure | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  const figure = clean(parsed, 0);
  if (!isJsonObject(figure) || !Array.isArray(figure['data'])) return undefined;
  const given = figure['data'].filter(isJsonObject);
  if (given.length === 0 || !given.every(isTrace)) return undefined;
  const { traces, layout } = settleAxes({
    traces: settleOutlines(given),
    layout: isJsonObject(figure['layout']) ? figure['layout'] : {},
  });
  const words = wordsOf(parsed);
  const height = layout['height'];
  // With a second y axis the titles must stand beside their axes.
  const yaxis =
    isJsonObject(layout['yaxis']) && !('yaxis2' in layout) ? layout['yaxis'] : undefined;
  return {
    title: textIn(words['title']) ?? titleText(layout['title']),
    caption: textIn(words['caption']),
    alt: textIn(words['alt']),
    source: textIn(words['source']),
    axisName: titleText(yaxis?.['title']),
    traces,
    layout: Object.fromEntries(Object.entries(layout).filter(([name]) => !pageLayout.has(name))),
    height: typeof height === 'number' ? Math.min(1200, Math.max(160, height)) : defaultHeight,
    undrawable: undrawable(traces),
  };
}

/**
 * The id and the title of a figure, without reading the rest of it.
 *
 * @param value - As {@link readFigure} takes it.
 * @returns Undefined when it is no figure.
 */
export function labelOfFigure(
  value: Json | undefined,
): { id: string | undefined; title: string | undefined } | undefined {
  const figure = typeof value === 'string' ? parseJson(value) : value;
  if (!isJsonObject(figure) || !Array.isArray(figure['data'])) return undefined;
  const { layout } = figure;
  const words = wordsOf(figure);
  return {
    id: textIn(words['id']),
    title: textIn(words['title']) ?? titleText(isJsonObject(layout) ? layout['title'] : undefined),
  };
}

/** A title or name: text, or since plotly 3 an object with the text. */
export function titleText(title: Json | undefined): string | undefined {
  return textIn(isJsonObject(title) ? title['text'] : title);
}

/** `layout.meta.daybook`, as `daybook/display` sends it. Its texts never reach plotly. */
function wordsOf(figure: Json): JsonObject {
  return ['layout', 'meta', 'daybook'].reduce<JsonObject>(
    (object, name) => {
      const child = Object.hasOwn(object, name) ? object[name] : undefined;
      return isJsonObject(child) ? child : {};
    },
    isJsonObject(figure) ? figure : {},
  );
}

function textIn(value: Json | undefined): string | undefined {
  const text = typeof value === 'string' ? plainText(value) : '';
  return text === '' ? undefined : text;
}

function isTrace(trace: JsonObject): boolean {
  const type = trace['type'] ?? 'scatter';
  return typeof type === 'string' && /^[\w -]{1,40}$/.test(type);
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** An image of another server; images within the figure are data. */
function isForeignImage(name: string, value: Json): boolean {
  return (
    name === 'source' &&
    typeof value === 'string' &&
    !/^data:image\/(?:png|jpeg|gif|webp);base64,/.test(value)
  );
}

function clean(value: Json, depth: number): Json {
  if (typeof value === 'string') return cleanPlotlyText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, child]) => !prototypeName.test(name) && !isForeignImage(name, child))
      .map(([name, child]) => [name, clean(child, depth + 1)]),
  );
}
