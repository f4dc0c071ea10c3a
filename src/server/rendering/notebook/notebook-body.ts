// The body of a notebook's page: prose, code and outputs of its cells as HTML.

import { countOf } from '../../../text/amounts.js';
import type { Element, ElementContent } from 'hast';
import { h } from 'hastscript';
import type { RunQuery } from '../../../publication/publication.js';
import { hasMoreRows, titleOfCaption, type TableRows } from '../../../chart/table/table-rows.js';
import { layOutCells } from './cell-layout.js';
import { errorElement, type CellPosition } from '../output/error-output.js';
import { figureElement, figureFallback } from './figure-element.js';
import { dataForms, fileMenu, type FigureFiles, type FileSource } from './file-menu.js';
import { highlightCode } from '../text/highlight.js';
import { metricCards, type NamedMetric } from '../output/metric-cards.js';
import type { NotebookPage, PageCell, PageCode } from './notebook-page.js';
import { RowData } from './row-data.js';
import { allPieces, fallbackText, type Pieces } from '../pieces.js';
import type { ContentOutput } from '../output/output.js';
import { captionIn } from '../html/tables.js';
import { scriptJson } from '../html/to-html.js';
import { queriesOf, queryTotals, queryDetails } from './figure-queries.js';
import { figureAnchor } from '../../paths.js';
import { terminalText } from '../text/terminal-text.js';

/** Options of {@link notebookBody}. */
export interface NotebookBodyOptions {
  readonly files: FigureFiles;
  /** Whether all code is unfolded. */
  readonly showsCode: boolean;
  /** The queries of the run; those behind a figure are shown under it. */
  readonly queries?: readonly RunQuery[];
  /** The position of the run's failure, when it is known. */
  readonly failure?: { readonly cell: number; readonly position: CellPosition } | undefined;
  /** Monitors each piece. Default: without limits. */
  readonly pieces?: Pieces;
}

/** The cells of a notebook's page as HTML, in their order. */
export function notebookBody(page: NotebookPage, options: NotebookBodyOptions): Element[] {
  const rows = page.hasFilters ? new RowData() : undefined;
  const cells = layOutCells(
    page.cells.flatMap((cell) => {
      const element = cellElement(cell, page, { ...options, rows });
      return element === undefined ? [] : [{ number: cell.number, place: cell.place, element }];
    }),
  );
  const columns = rows?.columnsElement();
  return columns === undefined ? cells : [...cells, columns];
}

/** The options with the rows of the page, where readers choose among them. */
interface CellOptions extends NotebookBodyOptions {
  readonly rows: RowData | undefined;
}

function cellElement(
  cell: PageCell,
  page: NotebookPage,
  options: CellOptions,
): Element | undefined {
  const id = `cell-${cell.number}`;
  if (cell.prose.length > 0) return h('div', { className: 'prose', id }, [...cell.prose]);
  if (cell.code === undefined && cell.outputs.length === 0) return undefined;
  return h('div', { className: 'cell', id }, [
    cell.code === undefined ? undefined : codeElement(cell.number, cell.code, options),
    ...outputElements(cell, page, options),
  ]);
}

function codeElement(
  cell: number,
  { label, source, lineCount, language }: PageCode,
  { showsCode, queries = [], pieces = allPieces }: NotebookBodyOptions,
): Element {
  const colored = pieces.layOut(
    `cell ${cell}`,
    () => highlightCode(source, language.name),
    (): ElementContent[] => [{ type: 'text', value: source }],
  );
  const lines = countOf(lineCount, 'line');
  const asked = queries.filter((query) => query.cell === cell);
  return h('details', { className: 'code', id: `code-${cell}`, open: showsCode }, [
    h('summary', [
      h('span', { className: 'code-label' }, label),
      h(
        'span',
        { className: 'code-size' },
        asked.length === 0 ? lines : `${lines} · ${queryTotals(asked)}`,
      ),
    ]),
    h('pre', { tabIndex: 0, ariaLabel: `${language.label} of cell ${cell}` }, [h('code', colored)]),
  ]);
}

function outputElements(cell: PageCell, page: NotebookPage, options: CellOptions): Element[] {
  const { pieces = allPieces, queries: asked = [] } = options;
  const elements: Element[] = [];
  const sqlOf = (name: string, source?: string) =>
    pieces.layOut(
      `queries of cell ${cell.number}`,
      () => queryDetails(queriesOf(asked, cell.dependencies, source), name),
      () => undefined,
    );
  let cards: NamedMetric[] = [];
  /** The foot of the output before, which the SQL of the cell joins. */
  let foot: Element | undefined;
  const addFoot = (...children: readonly (Element | undefined)[]) => {
    const content = children.filter((child) => child !== undefined);
    if (content.length === 0) return;
    foot = h('div', { className: ['figure-foot', 'cell-foot'] }, content);
    elements.push(foot);
  };
  const endCards = () => {
    if (cards.length > 0) {
      elements.push(metricCards(cards));
      addFoot(fileMenu(options.files, cards.map(fileSourceOfCard)));
    }
    cards = [];
  };
  for (const output of cell.outputs) {
    if (output.kind === 'metric') {
      cards.push({
        name: output.figureName,
        metric: output.metric,
        rows: options.rows?.element(output.shown),
      });
      continue;
    }
    endCards();
    foot = undefined;
    if (output.kind === 'figure') {
      const { figure: entry } = output;
      elements.push(
        pieces.layOut(
          entry.piece,
          () =>
            figureElement(entry, {
              files: options.files,
              hasCode: cell.code !== undefined,
              sql: sqlOf(`figure ${entry.name}`, entry.figure.source),
              rows: options.rows,
            }),
          (reason) => figureFallback(entry, reason),
        ),
      );
    } else if (output.kind === 'stream') {
      const written = pieces.layOut(
        output.piece,
        () => terminalText(output.text.replace(/\n$/, '')),
        (): ElementContent[] => [{ type: 'text', value: output.text }],
      );
      elements.push(...streamElements(output.name, written));
    } else if (output.kind === 'error') {
      const { failure } = options;
      const position = failure?.cell === cell.number ? failure.position : undefined;
      const source = cell.code?.source ?? '';
      const language = cell.code?.language.name ?? '';
      elements.push(
        pieces.layOut(
          output.piece,
          () => errorElement(output.error, cell.number, source, language, position),
          (reason) =>
            contentElement(fallbackText('This error', output.error.traceback.join('\n'), reason)),
        ),
      );
    } else {
      elements.push(
        contentElement(output.nodes, {
          ...{ name: output.figureName, rows: output.rows },
          shown: options.rows?.element(output.shown),
        }),
      );
      if (output.figureName !== '') addFoot(...tableLinks(output, options.files));
    }
  }
  endCards();
  if (hasValues(cell)) {
    const sql = sqlOf(`cell ${cell.number}`);
    if (sql !== undefined && foot !== undefined) foot.children.push(sql);
    else addFoot(sql);
  }
  if (!cell.foldsOutputs || elements.length === 0) return elements;
  return [h('details', { className: 'folded-output' }, [h('summary', 'Output'), ...elements])];
}

/** Content of an output, with its name where it is a figure. */
export function contentElement(
  nodes: readonly ElementContent[],
  {
    name = '',
    rows,
    shown,
  }: {
    readonly name?: string;
    readonly rows?: TableRows | undefined;
    readonly shown?: Element | undefined;
  } = {},
): Element {
  const id = name === '' ? undefined : figureAnchor(name);
  return h('div', { className: ['output', 'prose'], id }, [...nodes, rowsElement(rows), shown]);
}

function fileSourceOfCard({ name, metric }: NamedMetric): FileSource {
  return { name, label: metric.label, forms: [...dataForms, 'json'] };
}

/** The files of a table, and the link to itself. Where the page stands alone, its script saves the rows. */
function tableLinks(
  { figureName: name, nodes }: ContentOutput & { readonly figureName: string },
  files: FigureFiles,
): (Element | undefined)[] {
  const title = titleOfCaption(captionIn(nodes) ?? '');
  const label = title === undefined ? `table ${name}` : `“${title}”`;
  const source = { name, label, forms: [...dataForms, 'json'] };
  const href = `#${encodeURIComponent(figureAnchor(name))}`;
  return [fileMenu(files, [source]), h('a', { href, ariaLabel: `Link to ${label}` }, 'Link')];
}

/** All rows of a table that shows the first of them, as data, for the script that filters, sorts and saves them. */
function rowsElement(rows: TableRows | undefined): Element | undefined {
  if (rows === undefined || !hasMoreRows(rows)) return undefined;
  return h('script', { type: 'application/json', className: 'table-rows' }, [
    {
      type: 'text',
      value: scriptJson({ caption: rows.caption, heads: rows.heads, rows: rows.rows }),
    },
  ]);
}

/** Whether a cell shows numbers outside of charts; queries of a chart stand under the chart. */
function hasValues({ outputs }: PageCell): boolean {
  return outputs.some(
    (output) =>
      output.kind === 'metric' || (output.kind === 'content' && output.nodes.some(isTableFrame)),
  );
}

function isTableFrame(node: ElementContent): boolean {
  if (node.type !== 'element') return false;
  return node.tagName === 'table' || node.children.some(isTableFrame);
}

function streamElements(name: string, written: ElementContent[]): Element[] {
  const isError = name === 'stderr';
  const label = isError ? 'standard error' : 'standard output';
  return [
    // Errors are marked by a word, not by colour alone.
    ...(isError ? [h('p', { className: 'stream-name', ariaHidden: 'true' }, label)] : []),
    h(
      'pre',
      { className: isError ? 'stream stream-stderr' : 'stream', tabIndex: 0, ariaLabel: label },
      written,
    ),
  ];
}
