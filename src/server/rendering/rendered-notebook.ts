import type { Element } from 'hast';
import type { PlotlyBundle } from '../../chart/figure/trace-types.js';
import { toCsv } from '../../chart/table/csv.js';
import { drawPicture } from '../../chart/picture/picture.js';
import { svgText } from '../../chart/picture/svg.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import type { RunQuery } from '../../publication/publication.js';
import { csvPath, notebookPath } from '../paths.js';
import type { ContentsEntry } from './notebook/anchors.js';
import { diagramDrawer } from './markdown/diagram.js';
import type { CellPosition } from './output/error-output.js';
import { figureElement } from './notebook/figure-element.js';
import { finishHtml } from './html/finished-html.js';
import type { FinishedHtml } from './html/finished-node.js';
import { notebookBody } from './notebook/notebook-body.js';
import {
  hasCode,
  readNotebookPage,
  type NotebookPage,
  type PageFigure,
} from './notebook/notebook-page.js';
import { wholePage, type Pieces } from './pieces.js';
import { searchEntries, type SearchEntry } from './search-index.js';

/** An executed notebook that is to be rendered. */
export interface NotebookJob {
  readonly kind: 'notebook';
  /** The notebook as JSON text in UTF-8, in parts and of whatever origin, or one that was read. */
  readonly document: readonly Uint8Array[] | Notebook;
  /** What messages call it. */
  readonly name: string;
  /** Stands for the title of a notebook without one: its file's name. */
  readonly slug: string;
  /** The run whose page it is; undefined: a page that stands alone, with the data of its charts in it. */
  readonly runId: string | undefined;
  /** The names of the notebooks that links may lead to. */
  readonly slugs: readonly string[];
  /** The schemas whose relations are looked for in its code. */
  readonly schemas: readonly string[];
  /** What the run asked the warehouse; the queries behind a figure stand under it. */
  readonly queries: readonly RunQuery[];
  /** Where the run failed, when that is known. */
  readonly failure?: { readonly cell: number; readonly position: CellPosition } | undefined;
  /** Whether its figures are to be framed, each by itself. */
  readonly hasEmbeds: boolean;
}

/** A figure of a rendered notebook. */
export interface RenderedFigure {
  readonly title: string;
  /** Its data as CSV; undefined: none that fits in rows. */
  readonly csv: string | undefined;
  /** The figure by itself; undefined where that was not asked for. */
  readonly embed: FinishedHtml | undefined;
}

/** A notebook as its pages show it: what takes time is done. */
export interface RenderedNotebook {
  readonly title: string;
  readonly contents: readonly ContentsEntry[];
  /** What draws the figures; undefined when there are none. */
  readonly bundle: PlotlyBundle | undefined;
  /** The maps on which figures lie, by plotly's names. */
  readonly maps: readonly string[];
  /** Whether any code is on the page, to be folded and unfolded. */
  readonly hasCode: boolean;
  readonly body: FinishedHtml;
  readonly figures: readonly RenderedFigure[];
  /** A small likeness of the first chart that can be drawn so. */
  readonly picture: Element | undefined;
  /** What a search finds in it. */
  readonly search: readonly SearchEntry[];
  /** The relations that its code names, like `gold.monthly_churn`. */
  readonly namedRelations: readonly string[];
  /** The notebooks that its links name, and whether there was one of that name. */
  readonly linked: ReadonlyMap<string, boolean>;
}

/**
 * Reads an executed notebook from the parts in which it comes.
 *
 * @param name - What messages call it.
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
  const csvHref = ({ number, table }: PageFigure) => {
    if (runId !== undefined) return csvPath(slug, runId, number);
    return table === undefined
      ? ''
      : `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(table))}`;
  };
  const body = notebookBody(page, { csvHref, showsCode: false, queries, failure, pieces });
  const figures = page.figures.map((entry): RenderedFigure => {
    const { number, figure, table } = entry;
    const title = figure.title ?? `Figure ${number}`;
    const none = { title, csv: undefined, embed: undefined };
    return pieces.layOut<RenderedFigure>(
      entry.piece,
      () => ({
        title,
        csv: table === undefined || runId === undefined ? undefined : toCsv(table),
        embed: job.hasEmbeds
          ? finishHtml([figureElement(entry, { csvHref, hasCode: false })])
          : undefined,
      }),
      () => none,
    );
  });
  return {
    title: page.title,
    contents: page.contents,
    bundle: page.bundle,
    maps: page.maps,
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

/** Characters of a small likeness: the home page has one for each notebook. */
const maxLikeness = 12_000;

function relationsNamed({ cells }: Notebook, schemas: readonly string[]): string[] {
  if (schemas.length === 0) return [];
  // Names of schemas are letters, digits and _.
  const relationName = new RegExp(`\\b(?:${schemas.join('|')})\\.[a-z_][a-z0-9_]*`, 'g');
  const names = cells
    .filter((cell) => cell.cell_type === 'code')
    .flatMap((cell) => joinText(cell.source).match(relationName) ?? []);
  return [...new Set(names)].sort();
}
