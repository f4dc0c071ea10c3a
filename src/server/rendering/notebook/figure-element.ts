import { countOf } from '../../../text/amounts.js';
import type { Element, ElementContent, Properties } from 'hast';
import { h, s } from 'hastscript';
import { type JsonObject, isJsonObject } from '../../../nbformat/notebook.js';
import type { DataTable } from '../../../chart/table/data-rows.js';
import type { Figure } from '../../../chart/figure/figure.js';
import { packNumbers } from '../../../chart/figure/pack-numbers.js';
import { monthTicks } from '../../../chart/figure/month-ticks.js';
import { drawPictures } from '../../../chart/picture/picture.js';
import type { PageFigure } from './notebook-page.js';
import { fallbackText, type Reason } from '../pieces.js';
import { scriptJson } from '../html/to-html.js';
import { tableFrame } from '../html/tables.js';

/** Width of the picture's own pixels; on the page it is as wide as there is room. */
const pictureWidth = 800;

/** The same where there is little room: on phones, in columns. */
const narrowWidth = 400;

/** So many rows of a chart's data stand on the page; the CSV has all. */
const maxRows = 50;

/** What a figure's links lead to. */
export interface FigureLinks {
  /** The address of its data as CSV. */
  readonly csvHref: (figure: PageFigure) => string;
  /** Whether the cell's code is on the page, to be linked. */
  readonly hasCode: boolean;
  /** The queries that it was made of, as a fold. */
  readonly sql?: Element | undefined;
}

/**
 * A chart: its title, a picture that the script replaces by the interactive chart, a caption, and its
 * data as a table and as CSV.
 */
export function figureElement(entry: PageFigure, links: FigureLinks): Element {
  const { number, figure, table } = entry;
  const id = `figure-${number}`;
  const { height } = figure;
  const [picture, narrow] = drawPictures(figure, [
    { width: pictureWidth, height, hasAxes: true },
    { width: narrowWidth, height, hasAxes: true },
  ]);
  const isDrawnLater = picture === undefined && figure.undrawable === undefined;
  const alt = figure.alt ?? figure.title ?? `Chart ${number}`;
  return h('figure', { className: 'chart', id }, [
    figure.title === undefined ? undefined : h('p', { className: 'figure-title' }, figure.title),
    figure.axisName === undefined
      ? undefined
      : h('p', { className: 'axis-name', ariaHidden: 'true' }, figure.axisName),
    h('div', { className: 'chart-area', role: 'img', ariaLabel: alt, dataHeight: figure.height }, [
      ...(picture === undefined
        ? [
            isDrawnLater ? room(height) : undefined,
            h('p', { className: 'chart-missing' }, missingWords(figure, table)),
          ]
        : [h('div', { className: 'chart-picture' }, [picture, narrowPicture(narrow)])]),
    ]),
    figure.undrawable === undefined
      ? h('script', { type: 'application/json', className: 'chart-figure' }, [
          {
            type: 'text',
            value: scriptJson({
              data: figure.traces.map(packNumbers),
              layout: plotlyLayout(figure),
            }),
          },
        ])
      : undefined,
    h('figcaption', [
      caption(figure.caption, figure.source),
      foot(entry, links, table, {
        open: picture === undefined,
        className: ['figure-data', ...(isDrawnLater ? ['stand-in'] : [])],
      }),
    ]),
  ]);
}

/** A chart that costs too much to draw: what it says of itself, and the beginning of its data. */
export function figureFallback({ number, figure }: PageFigure, reason: Reason): Element {
  return h('figure', { className: 'chart', id: `figure-${number}` }, [
    figure.title === undefined ? undefined : h('p', { className: 'figure-title' }, figure.title),
    ...fallbackText('This chart', JSON.stringify(figure.traces), reason),
  ]);
}

/** The room of a chart that only the script draws, so that nothing below moves when it is there. */
function room(height: number): Element {
  return s('svg', { className: ['chart-room'], width: 1, height, ariaHidden: 'true' });
}

/** The same for little room, in which the labels of the other would be too small to read. */
function narrowPicture(picture: Element | undefined): Element | undefined {
  if (picture === undefined) return undefined;
  const className = ['picture', 'picture-narrow'];
  return { ...picture, properties: { ...picture.properties, className } };
}

/** What stands where a chart would be that only the script can draw, or nothing at all. */
function missingWords({ undrawable }: Figure, table: DataTable | undefined): string {
  const pointer = table === undefined ? '' : ' The table below has its data.';
  return `${undrawable ?? 'This chart is drawn by the page’s script.'}${pointer}`;
}

function caption(text: string | undefined, source: string | undefined): Element | undefined {
  if (text === undefined && source === undefined) return undefined;
  return h('p', { className: 'figure-caption' }, [
    text,
    text !== undefined && source !== undefined ? ' ' : undefined,
    source === undefined
      ? undefined
      : h('span', { className: 'figure-source' }, ['Source: ', h('code', source), '.']),
  ]);
}

function foot(
  entry: PageFigure,
  { csvHref, hasCode, sql }: FigureLinks,
  table: DataTable | undefined,
  fold: Properties,
): Element {
  const id = `figure-${entry.number}`;
  return h('div', { className: 'figure-foot' }, [
    table === undefined
      ? undefined
      : h('details', fold, [
          h('summary', 'Table'),
          tableFrame(tableElement(table, entry.figure.title ?? `Figure ${entry.number}`)),
        ]),
    table === undefined
      ? undefined
      : h(
          'a',
          {
            href: csvHref(entry),
            download: `${id}.csv`,
            ariaLabel: `CSV of figure ${entry.number}`,
          },
          'CSV',
        ),
    sql ?? (hasCode ? h('a', { href: `#code-${entry.cell}` }, 'Code') : undefined),
    h('a', { href: `#${id}`, ariaLabel: `Link to figure ${entry.number}` }, 'Link'),
  ]);
}

function tableElement({ columns, rows }: DataTable, title: string): Element {
  const isNumber = columns.map((_, index) =>
    rows.every((row) => row[index] === null || typeof row[index] === 'number'),
  );
  // Most of a page's elements are such cells: made plainly, at a fraction of what hastscript costs.
  const cell = (text: string, index: number): Element => ({
    type: 'element',
    tagName: 'td',
    properties: isNumber[index] === true ? { className: ['number'] } : {},
    children: [{ type: 'text', value: text }],
  });
  const count =
    rows.length > maxRows
      ? `the first ${maxRows} of ${rows.length} rows; the CSV has all`
      : countOf(rows.length, 'row');
  return h('table', { className: 'daybook-table' }, [
    h('caption', `${title} (${count})`),
    h('thead', [
      h(
        'tr',
        columns.map(({ label }, index) =>
          h('th', { scope: 'col', className: isNumber[index] ? ['number'] : undefined }, label),
        ),
      ),
    ]),
    h(
      'tbody',
      rows.slice(0, maxRows).map((row) =>
        h(
          'tr',
          row.map((value, index): ElementContent => {
            const text = columns[index]?.format(value) ?? '';
            return index === 0 && isNumber[0] === false
              ? h('th', { scope: 'row' }, text)
              : cell(text, index);
          }),
        ),
      ),
    ),
  ]);
}

/** The layout for plotly: the name of the upright axis stands above the chart already. */
function plotlyLayout(figure: Figure): JsonObject {
  const { layout, axisName } = figure;
  const { xaxis, yaxis } = layout;
  const dtick = monthTicks(figure);
  return {
    ...layout,
    ...(dtick === undefined ? {} : { xaxis: { ...(isJsonObject(xaxis) ? xaxis : {}), dtick } }),
    ...(axisName === undefined || !isJsonObject(yaxis)
      ? {}
      : { yaxis: { ...yaxis, title: { text: '' } } }),
  };
}
