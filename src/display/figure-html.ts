// The HTML fallback of a chart in notebooks, for front ends that cannot draw it.

import type { DataTable } from '../chart/table/data-rows.js';
import { dataTableOf } from '../chart/table/data-table.js';
import { readFigure, type Figure } from '../chart/figure/figure.js';
import type { Value } from '../chart/figure/values.js';
import type { Json } from '../nbformat/notebook.js';
import { pictureAddress } from '../chart/picture/picture-address.js';
import { escapeHtml } from '../text/escape-html.js';
import type { JsonValue } from './mime-bundle.js';
import { tableBundle } from './table.js';

/** Points beyond which drawing would hold up the cell: such figures are described in words. */
const mostValues = 100_000;

/**
 * A plotly figure as HTML for front ends that cannot draw it: title, picture, caption, and its data as
 * a table that folds. It needs no extension, no script and no network.
 *
 * @param value - The figure, as a MIME bundle holds it.
 * @returns Undefined when there is nothing to draw.
 */
export function figureHtml(value: JsonValue): string | undefined {
  const figure = readFigure(value);
  if (figure === undefined) return undefined;
  const isLarge = valuesIn(figure) > mostValues;
  const picture = isLarge ? undefined : pictureAddress(figure);
  const table = isLarge ? undefined : dataTableOf(figure);
  const title = figure.title ?? 'Chart';
  return [
    '<figure class="daybook-figure">',
    `<p><strong>${escapeHtml(title)}</strong></p>`,
    ...(picture === undefined ? [] : drawn(figure, title, picture)),
    ...(figure.undrawable === undefined ? [] : [`<p>${escapeHtml(figure.undrawable)}</p>`]),
    ...captionOf(figure, picture === undefined),
    ...(table === undefined ? [] : folding(table, picture === undefined)),
    '</figure>',
  ].join('');
}

/** The picture under the name of its y axis, which the picture itself leaves out. */
function drawn({ axisName, alt }: Figure, title: string, picture: string): string[] {
  return [
    axisName === undefined ? '' : `<div><small>${escapeHtml(axisName)}</small></div>`,
    `<img src="${picture}" alt="${escapeHtml(alt ?? title)}" width="760">`,
  ];
}

/** Caption and source; and where there is no picture, what it would show. */
function captionOf({ title, caption, alt, source }: Figure, isWords: boolean): string[] {
  const paragraphs = [
    caption === undefined ? undefined : escapeHtml(caption),
    isWords && alt !== undefined && alt !== title ? escapeHtml(alt) : undefined,
    source === undefined ? undefined : `Source: <code>${escapeHtml(source)}</code>`,
  ].filter((text) => text !== undefined);
  if (paragraphs.length === 0) return [];
  return [`<figcaption>${paragraphs.map((text) => `<p>${text}</p>`).join('')}</figcaption>`];
}

/** As many rows of a chart's data as its table shows. */
const mostRows = 100;

function folding({ columns, rows }: DataTable, isOpen: boolean): string[] {
  const shown = rows.slice(0, mostRows).map((row) => Object.fromEntries(row.entries()));
  const table = tableBundle<Record<string, Value>>(shown, {
    columns: columns.map(({ label, format }, index) => ({ key: String(index), label, format })),
    count: rows.length,
  });
  const open = isOpen ? ' open' : '';
  return [`<details${open}><summary>Data</summary>`, table['text/html'], '</details>'];
}

function valuesIn({ traces }: Figure): number {
  const lengthOf = (value: Json): number =>
    Array.isArray(value)
      ? value.reduce<number>((sum, item) => sum + lengthOf(item), 0)
      : typeof value === 'string' && value.length > 1000
        ? value.length
        : 1;
  return traces
    .flatMap((trace) => Object.values(trace))
    .reduce<number>((sum, value) => sum + lengthOf(value), 0);
}
