// A chart on a page: title, picture, caption, data table, CSV link.

import { countOf } from '../../../text/amounts.js';
import type { Element, ElementContent, Properties } from 'hast';
import { h, s } from 'hastscript';
import { type JsonObject, isJsonObject } from '../../../nbformat/notebook.js';
import type { DataTable } from '../../../chart/table/data-rows.js';
import type { Figure } from '../../../chart/figure/figure.js';
import { dataForms, fileMenu, type FigureFiles } from './file-menu.js';
import { packNumbers } from '../../../chart/figure/pack-numbers.js';
import { monthTicks } from '../../../chart/figure/month-ticks.js';
import { drawPictures } from '../../../chart/picture/picture.js';
import type { PageFigure } from './notebook-page.js';
import type { RowData } from './row-data.js';
import { figureAnchor } from '../../paths.js';
import { fallbackText, type Reason } from '../pieces.js';
import { scriptJson } from '../html/to-html.js';
import { tableFrame } from '../html/tables.js';

/** The width of the picture, in its own pixels; the page scales it. */
const pictureWidth = 800;

/** The width of the picture for narrow screens and columns. */
const narrowWidth = 400;

/** Rows of a chart's data on the page; the CSV has all. */
const maxRows = 50;

/** The link targets of a figure. */
export interface FigureLinks {
  /** The addresses of figures as files. */
  readonly files: FigureFiles;
  /** Whether the cell's code is on the page, to be linked. */
  readonly hasCode: boolean;
  /** The queries behind it, folded. */
  readonly sql?: Element | undefined;
  /** The rows of the page, where readers choose among those of the figure. */
  readonly rows?: RowData | undefined;
}

/**
 * A chart: title, a picture that the script replaces by the interactive chart, caption, and its data as a table
 * and as CSV.
 */
export function figureElement(entry: PageFigure, links: FigureLinks): Element {
  const { name, number, figure, table, shown } = entry;
  const { height } = figure;
  const [picture, narrow] = drawPictures(figure, [
    { width: pictureWidth, height, hasAxes: true },
    { width: narrowWidth, height, hasAxes: true },
  ]);
  const isDrawnLater = picture === undefined && figure.undrawable === undefined;
  const alt = figure.alt ?? figure.title ?? `Chart ${name}`;
  const shownRows = links.rows?.element(shown);
  return h('figure', { className: 'chart', id: figureAnchor(name) }, [
    // Links from before, which named its number.
    h('span', { id: figureAnchor(number) }),
    figure.title === undefined ? undefined : h('p', { className: 'figure-title' }, figure.title),
    figure.axisName === undefined
      ? undefined
      : h('p', { className: 'axis-name', ariaHidden: 'true' }, figure.axisName),
    h('div', areaProperties(alt, figure.height, shownRows !== undefined), [
      ...(picture === undefined
        ? [
            isDrawnLater ? room(height) : undefined,
            h('p', { className: 'chart-missing' }, missingNote(figure, table)),
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
    shownRows,
    h('figcaption', [
      caption(figure.caption, figure.source),
      foot(entry, links, picture !== undefined, table, {
        open: picture === undefined,
        className: ['figure-data', ...(isDrawnLater ? ['stand-in'] : [])],
      }),
    ]),
  ]);
}

/** @param hasRows - It is drawn of rows, by the script that readers filter with. */
function areaProperties(alt: string, height: number, hasRows: boolean): Properties {
  return {
    ...{ className: ['chart-area'], role: 'img', ariaLabel: alt, dataHeight: height },
    ...(hasRows ? { dataOfRows: '' } : {}),
  };
}

/** A chart that is too expensive to draw: its description, and the first rows of its data. */
export function figureFallback({ name, figure }: PageFigure, reason: Reason): Element {
  return h('figure', { className: 'chart', id: figureAnchor(name) }, [
    figure.title === undefined ? undefined : h('p', { className: 'figure-title' }, figure.title),
    ...fallbackText('This chart', JSON.stringify(figure.traces), reason),
  ]);
}

/** The reserved space of a chart that only the script draws, so that nothing moves when it appears. */
function room(height: number): Element {
  return s('svg', { className: ['chart-room'], width: 1, height, ariaHidden: 'true' });
}

/** The picture for narrow screens, on which the labels of the wide one would be illegible. */
function narrowPicture(picture: Element | undefined): Element | undefined {
  if (picture === undefined) return undefined;
  const className = ['picture', 'picture-narrow'];
  return { ...picture, properties: { ...picture.properties, className } };
}

/** The text in place of a chart that has no picture, or cannot be drawn at all. */
function missingNote({ undrawable }: Figure, table: DataTable | undefined): string {
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

/** A figure as links and buttons of it name it. */
function labelOf({ name, figure }: Pick<PageFigure, 'name' | 'figure'>): string {
  return figure.title === undefined ? `figure ${name}` : `“${figure.title}”`;
}

function foot(
  entry: PageFigure,
  { files, hasCode, sql }: FigureLinks,
  hasPicture: boolean,
  table: DataTable | undefined,
  fold: Properties,
): Element {
  const { name, figure } = entry;
  const label = labelOf(entry);
  return h('div', { className: 'figure-foot' }, [
    table === undefined
      ? undefined
      : h('details', fold, [
          h('summary', 'Table'),
          tableFrame(tableElement(table, figure.title ?? `Figure ${name}`)),
        ]),
    fileMenu(files, [
      {
        ...{ name, label, data: table },
        forms: [...(table === undefined ? [] : dataForms), 'json', ...(hasPicture ? ['svg'] : [])],
      },
    ]),
    sql ?? (hasCode ? h('a', { href: `#code-${entry.cell}` }, 'Code') : undefined),
    h(
      'a',
      {
        href: `#${encodeURIComponent(figureAnchor(name))}`,
        ariaLabel: `Link to ${label}`,
      },
      'Link',
    ),
  ]);
}

function tableElement({ columns, rows }: DataTable, title: string): Element {
  const isNumber = columns.map((_, index) =>
    rows.every((row) => row[index] === null || typeof row[index] === 'number'),
  );
  // Most elements of a page are such cells: literals cost a fraction of hastscript.
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

/** The layout for plotly; the title of the y axis is above the chart already. */
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
