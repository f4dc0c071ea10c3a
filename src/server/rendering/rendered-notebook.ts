// Rendering of an executed notebook: body, figures, search entries, links.

import type { Element } from 'hast';
import type { PlotlyBundle } from '../../chart/figure/trace-types.js';
import { titleOfCaption } from '../../chart/table/table-rows.js';
import { drawPicture } from '../../chart/picture/picture.js';
import { svgText } from '../../chart/picture/svg.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import type { RunQuery } from '../../publication/publication.js';
import { filePath, notebookPath, runPath } from '../paths.js';
import type { ContentsEntry } from './notebook/anchors.js';
import { diagramDrawer } from './markdown/diagram.js';
import type { CellPosition } from './output/error-output.js';
import { figureElement } from './notebook/figure-element.js';
import { finishHtml } from './html/finished-html.js';
import type { FinishedHtml } from './html/finished-node.js';
import type { FigureFiles } from './notebook/file-menu.js';
import { queriesOf } from './notebook/figure-queries.js';
import { RowData } from './notebook/row-data.js';
import { contentElement, notebookBody } from './notebook/notebook-body.js';
import { metricCards } from './output/metric-cards.js';
import { captionIn } from './html/tables.js';
import {
  hasCode,
  readNotebookPage,
  type NotebookPage,
  type PageCell,
} from './notebook/notebook-page.js';
import { wholePage, type Pieces } from './pieces.js';
import { searchEntries, type SearchEntry } from './search-index.js';

/** An executed notebook to render. */
export interface NotebookJob {
  readonly kind: 'notebook';
  /** The notebook as JSON text in UTF-8, in parts and of whatever origin, or parsed. */
  readonly document: readonly Uint8Array[] | Notebook;
  /** The notebook's name in error messages. */
  readonly name: string;
  /** The file's name, the fallback for the title. */
  readonly slug: string;
  /** The run of the page; undefined: a self-contained page that includes the data of its charts. */
  readonly runId: string | undefined;
  /** The slugs that links may lead to. */
  readonly slugs: readonly string[];
  /** The schemas whose relations are looked for in its code. */
  readonly schemas: readonly string[];
  /** The queries of the run; those behind a figure are shown under it. */
  readonly queries: readonly RunQuery[];
  /** The position of the run's failure, when it is known. */
  readonly failure?: { readonly cell: number; readonly position: CellPosition } | undefined;
  /** Whether figures are rendered for embedding, too. */
  readonly hasEmbeds: boolean;
}

/** A figure of a rendered notebook. */
export interface RenderedFigure {
  /** Its name in addresses. */
  readonly name: string;
  /** Among the page's charts, from 1: earlier versions made its address of it. Undefined: it is no chart. */
  readonly number: number | undefined;
  readonly title: string;
  /** The queries behind it, by their places among those of the run. */
  readonly queries: readonly number[];
  /** The figure for embedding; undefined when that was not asked for. */
  readonly embed: FinishedHtml | undefined;
}

/** A rendered notebook: everything that takes time is done. */
export interface RenderedNotebook {
  readonly title: string;
  readonly contents: readonly ContentsEntry[];
  /** The plotly bundle for the figures; undefined: there are none. */
  readonly bundle: PlotlyBundle | undefined;
  /** The maps that figures use, by plotly's names. */
  readonly maps: readonly string[];
  /** Whether readers choose among rows. */
  readonly hasFilters: boolean;
  /** Whether rows that script adds to a table have drawn cells. */
  readonly drawsRows: boolean;
  /** Whether the page has code that can be folded. */
  readonly hasCode: boolean;
  readonly body: FinishedHtml;
  readonly figures: readonly RenderedFigure[];
  /** A thumbnail of the first chart that can be drawn without plotly. */
  readonly picture: Element | undefined;
  /** The entries of the search index. */
  readonly search: readonly SearchEntry[];
  /** The relations that its code names, like `gold.monthly_churn`. */
  readonly namedRelations: readonly string[];
  /** The notebooks that it links to, and whether each existed. */
  readonly linked: ReadonlyMap<string, boolean>;
}

/**
 * Parses an executed notebook from its parts.
 *
 * @param name - The notebook's name in error messages.
 * @throws DaybookError `NOTEBOOK_INVALID` or `NOTEBOOK_UNSUPPORTED`.
 */
export function parseDocument(parts: readonly Uint8Array[], name: string): Notebook {
  return parseNotebook(Buffer.concat(parts).toString(), name);
}

/**
 * Renders an executed notebook.
 *
 * @throws DaybookError `NOTEBOOK_INVALID` or `NOTEBOOK_UNSUPPORTED`.
 */
export async function renderNotebook(job: NotebookJob, pieces: Pieces): Promise<RenderedNotebook> {
  const { slug, runId, queries, failure } = job;
  const notebook = 'cells' in job.document ? job.document : parseDocument(job.document, job.name);
  const drawDiagram = await diagramDrawer(notebook);
  const linked = new Map<string, boolean>();
  const slugs = new Set(job.slugs);
  const notebookHref = (other: string) => {
    linked.set(other, slugs.has(other));
    return slugs.has(other) ? notebookPath(other) : undefined;
  };
  const page = readNotebookPage(notebook, { name: slug, notebookHref, drawDiagram, pieces });
  const files: FigureFiles =
    runId === undefined ? undefined : (name, form) => filePath(runPath(slug, runId), name, form);
  const body = notebookBody(page, { files, showsCode: false, queries, failure, pieces });
  const places = new Map(queries.map((query, index) => [query, index]));
  const figures = page.cells.flatMap((cell) =>
    cell.outputs.flatMap((output): RenderedFigure[] => {
      const shown = shownFigure(output, page);
      if (shown === undefined) return [];
      const { name, number, title, source, element } = shown;
      const none = { name, number, title, queries: [], embed: undefined };
      return [
        pieces.layOut<RenderedFigure>(
          shown.piece,
          () => ({
            ...none,
            queries: queriesOf(queries, cell.dependencies, source).queries.flatMap(
              (query) => places.get(query) ?? [],
            ),
            embed: job.hasEmbeds ? finishHtml(element(files)) : undefined,
          }),
          () => none,
        ),
      ];
    }),
  );
  return {
    title: page.title,
    contents: page.contents,
    bundle: page.bundle,
    maps: page.maps,
    hasFilters: page.hasFilters,
    drawsRows: page.drawsRows,
    hasCode: hasCode(page),
    body: finishHtml(body),
    figures,
    picture: pictureOf(page, pieces),
    search: pieces.layOut(
      wholePage,
      () => searchEntries(page, notebookPath(slug)),
      () => [],
    ),
    namedRelations: relationsNamed(notebook, job.schemas),
    linked,
  };
}

/** A figure on a page, whatever its kind. */
interface ShownFigure extends Pick<RenderedFigure, 'name' | 'number' | 'title'> {
  readonly piece: string;
  readonly source?: string | undefined;
  /** The figure by itself, with its rows. */
  readonly element: (files: FigureFiles) => readonly Element[];
}

/** An output as a figure; undefined: it has no name. */
function shownFigure(
  output: PageCell['outputs'][number],
  page: NotebookPage,
): ShownFigure | undefined {
  if (output.kind === 'figure') {
    const { name, number, figure, piece } = output.figure;
    const title = figure.title ?? `Figure ${name}`;
    const element = (files: FigureFiles) =>
      withColumns(page, (rows) => figureElement(output.figure, { files, hasCode: false, rows }));
    return { name, number, title, piece, source: figure.source, element };
  }
  const { figureName: name, piece } = output;
  if (name === '' || (output.kind !== 'metric' && output.kind !== 'content')) return undefined;
  const one = { name, number: undefined, piece };
  if (output.kind === 'metric') {
    const { metric } = output;
    return {
      ...{ ...one, title: metric.label },
      element: () =>
        withColumns(page, (rows) =>
          metricCards([{ name, metric, rows: rows?.element(output.shown) }]),
        ),
    };
  }
  const title = titleOfCaption(captionIn(output.nodes) ?? '') ?? `Table ${name}`;
  return {
    ...one,
    title,
    element: () =>
      withColumns(page, (rows) =>
        contentElement(output.nodes, {
          ...{ name, rows: output.rows },
          shown: rows?.element(output.shown),
        }),
      ),
  };
}

/** An element with the columns of its rows, where readers choose among them. */
function withColumns(
  { hasFilters }: NotebookPage,
  elementOf: (rows: RowData | undefined) => Element,
): readonly Element[] {
  const rows = hasFilters ? new RowData() : undefined;
  const element = elementOf(rows);
  const columns = rows?.columnsElement();
  return columns === undefined ? [element] : [element, columns];
}

function pictureOf({ figures }: NotebookPage, pieces: Pieces): Element | undefined {
  for (const { figure, piece } of figures) {
    const picture = pieces.layOut(
      piece,
      () => drawPicture(figure, { width: 320, height: 96, hasAxes: false }),
      () => undefined,
    );
    if (picture !== undefined && svgText(picture).length <= maxLikeness) return picture;
  }
  return undefined;
}

/** The largest thumbnail, in characters: the home page has one for each notebook. */
const maxLikeness = 12_000;

function relationsNamed({ cells }: Notebook, schemas: readonly string[]): string[] {
  if (schemas.length === 0) return [];
  // Schema names consist of letters, digits and _.
  const relationName = new RegExp(`\\b(?:${schemas.join('|')})\\.[a-z_][a-z0-9_]*`, 'g');
  const names = cells
    .filter((cell) => cell.cell_type === 'code')
    .flatMap((cell) => joinText(cell.source).match(relationName) ?? []);
  return [...new Set(names)].sort();
}
