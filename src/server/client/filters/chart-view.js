// A chart of rows on a page, drawn again from the filtered rows: picture, table, words and file.

import { readFigure } from '../../../chart/figure/figure.js';
import { toCsv } from '../../../chart/files/csv.js';
import { drawRowsPicture } from '../../../chart/picture/rows-picture.js';
import { chartOfRows } from '../../../chart/rows/chart-of-rows.js';
import { positionTable } from '../../../chart/table/position-table.js';
import { answerPointer } from './chart-pointer.js';
import { element, svgNode } from '../elements.js';
import { filteredLinks, noteOf } from './filtered-words.js';

/**
 * @typedef {import('../../../chart/rows/grammar.js').ChartGrammar} ChartGrammar
 * @typedef {import('../../../chart/picture/drawing/scene.js').DrawnPanel} DrawnPanel
 * @typedef {{ words: string, count: string, chosen: Uint8Array, query: string } | undefined} Filtered What is chosen;
 *   undefined: everything is.
 */

/** As many rows as the server shows of a chart's data. */
const mostRows = 50;

/**
 * @param {import('./page-rows.js').View} view
 * @param {ChartGrammar} grammar
 * @param {(position: string | number) => void} pick What a click on a position chooses.
 * @returns {(filtered: Filtered) => void}
 */
export function chartView({ host, rows }, grammar, pick) {
  const area = host.querySelector('.chart-area');
  const source = host.querySelector('script.chart-figure');
  if (!(area instanceof HTMLElement)) return () => undefined;
  const before = [...area.childNodes];
  const figureBefore = source?.textContent ?? '';
  const alt = area.getAttribute('aria-label') ?? '';
  const frame = host.querySelector('.figure-data > .table-frame');
  const links = filteredLinks(host);
  const pointer = answerPointer(host, area, grammar, pick);
  /** @param {Uint8Array} [chosen] */
  const made = (chosen) => {
    const { data, layout } = chartOfRows(rows, grammar, chosen);
    return readFigure({ data: [...data], layout });
  };
  pointer.follow(() => made());

  return (filtered) => {
    noteOf(host, filtered);
    area.setAttribute(
      'aria-label',
      filtered === undefined ? alt : `${alt} (${filtered.words}; ${filtered.count})`,
    );
    if (filtered === undefined) {
      area.replaceChildren(...before, ...plotIn(area));
      if (frame !== null) host.querySelector('.figure-data > .table-frame')?.replaceWith(frame);
      if (source !== null) source.textContent = figureBefore;
      links.restore();
      pointer.follow(() => made());
    } else {
      const figure = filtered.chosen.includes(1) ? made(filtered.chosen) : undefined;
      const shown = figure && {
        ...figure,
        traces: figure.traces.filter(({ visible }) => visible !== false),
      };
      area.replaceChildren(...pictureOf(figure), ...plotIn(area));
      const table = shown && positionTable(shown);
      host.querySelector('.figure-data > .table-frame')?.replaceWith(tableOf(host, table));
      if (source !== null) {
        source.textContent = JSON.stringify({
          data: shown?.traces ?? [],
          layout: figure?.layout ?? {},
        });
      }
      links.lead(filtered.query, () => (table === undefined ? '' : toCsv(table)));
      pointer.follow(() => figure);
    }
    area.dispatchEvent(new Event('daybook-figure'));
    host
      .querySelector('.figure-data > .table-frame')
      ?.dispatchEvent(new Event('daybook-table', { bubbles: true }));
  };
}

/** plotly's drawing of a chart, where the reader has asked for it. @param {HTMLElement} area */
function plotIn(area) {
  return [...area.querySelectorAll(':scope > .chart-plot')];
}

/** The picture in both widths, as the server draws it. @param {import('../../../chart/figure/figure.js').Figure | undefined} figure */
function pictureOf(figure) {
  const pictures = [800, 400].flatMap((width, index) => {
    const tree = figure && drawRowsPicture(figure, { width, height: figure.height, hasAxes: true });
    if (tree === undefined) return [];
    const className = index === 0 ? ['picture'] : ['picture', 'picture-narrow'];
    return [svgNode({ ...tree, properties: { ...tree.properties, className } })];
  });
  return pictures.length === 0
    ? [
        element('p', { class: 'chart-missing chart-empty' }, [
          'No rows are left. Choose less, or reset the filters.',
        ]),
      ]
    : [element('div', { class: 'chart-picture' }, pictures)];
}

/**
 * The chart's data as the server writes them.
 *
 * @param {HTMLElement} host
 * @param {import('../../../chart/table/data-rows.js').DataTable | undefined} table
 */
function tableOf(host, table) {
  const title = host.querySelector('.figure-title')?.textContent ?? '';
  const { columns = [], rows = [] } = table ?? {};
  const isNumber = columns.map((_, at) =>
    rows.every((row) => row[at] === null || typeof row[at] === 'number'),
  );
  const cell = (/** @type {number} */ at) => (isNumber[at] ? { class: 'number' } : {});
  const count =
    rows.length > mostRows ? `the first ${mostRows} of ${rows.length} rows` : `${rows.length} rows`;
  return element(
    'div',
    { class: 'table-frame', role: 'region', tabindex: '0', 'aria-label': `Table: ${title}` },
    [
      element('table', { class: 'daybook-table' }, [
        element('caption', {}, [`${title} (${count})`]),
        element('thead', {}, [
          element(
            'tr',
            {},
            columns.map(({ label }, at) => element('th', { scope: 'col', ...cell(at) }, [label])),
          ),
        ]),
        element(
          'tbody',
          {},
          rows.slice(0, mostRows).map((row) =>
            element(
              'tr',
              {},
              row.map((value, at) =>
                element(at === 0 && !isNumber[0] ? 'th' : 'td', cell(at), [
                  columns[at]?.format(value) ?? '',
                ]),
              ),
            ),
          ),
        ),
      ]),
    ],
  );
}
