// Rendering of an executed notebook: body, figures, search entries, links.

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
  /** Among the page's charts, from 1: earlier versions made its address of it. */
  readonly number: number;
  readonly title: string;
  /** Its data as CSV; undefined: it does not fit in rows. */
  readonly csv: string | undefined;
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
  const csvHref = ({ name, table }: PageFigure) => {
    if (runId !== undefined) return csvPath(slug, runId, name);
    return table === undefined
      ? ''
      : `data:text/csv;charset=utf-8,${encodeURIComponent(toCsv(table))}`;
  };
  const body = notebookBody(page, { csvHref, showsCode: false, queries, failure, pieces });
  const figures = page.figures.map((entry): RenderedFigure => {
    const { name, number, figure, table } = entry;
    const title = figure.title ?? `Figure ${name}`;
    const none = { name, number, title, csv: undefined, embed: undefined };
    return pieces.layOut<RenderedFigure>(
      entry.piece,
      () => ({
        ...{ name, number, title },
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
