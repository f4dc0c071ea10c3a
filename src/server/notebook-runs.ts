import type { Element } from 'hast';
import { DaybookError, describeError } from '../errors.js';
import type { Logger } from '../logger.js';
import { joinText, type Notebook } from '../nbformat/notebook.js';
import { parseNotebook } from '../nbformat/read-notebook.js';
import type {
  DashboardNotebook,
  ExecutedRun,
  Publication,
  PublicationReader,
  RunQuery,
  RunSummary,
} from '../publication/publication-reader.js';
import { BoundedCache } from './bounded-cache.js';
import { EncodedBody } from './encoded-body.js';
import { reachable } from './page-cache.js';
import { notebookPath } from './pages/paths.js';
import { drawPicture } from '../chart/picture.js';
import { diagramDrawer } from './render/diagram.js';
import { readNotebookPage, type NotebookPage } from './render/notebook-page.js';

/** A run of a notebook, read and cleaned; none of this changes once the run is over. */
export interface ReadRun {
  readonly run: RunSummary;
  readonly page: NotebookPage;
  /** What it asked the warehouse, in order. */
  readonly queries: readonly RunQuery[];
  /** The relations that it read, like `gold.monthly_churn`. */
  readonly relations: readonly string[];
  /** Why its document cannot be shown; then the page is empty. */
  readonly problem?: string | undefined;
}

/** Runs of which it is kept whether they can be shown; far more than are published at once. */
const maxVerdicts = 5000;

/** Runs whose content is kept, so that their pages can be made again without the warehouse. */
const maxRuns = 64;

/** The pictures for links that are kept, in bytes. */
const maxPictureBytes = 8 * 1024 * 1024;

/** Stands in for a document that cannot be shown. */
const nothing: Notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };

/** Earlier runs that a page lists. */
const maxHistory = 20;

/** The runs of notebooks, each read once. */
export class NotebookRuns {
  readonly #reader: PublicationReader;
  readonly #logger: Logger;
  readonly #runs = new BoundedCache<ReadRun>(maxRuns);
  /** What is wrong with the documents of runs; empty: nothing. */
  readonly #problems = new BoundedCache<string>(maxVerdicts);
  readonly #histories = new BoundedCache<readonly RunSummary[]>(500);
  readonly #pictures = new BoundedCache<Element | undefined>(500);
  readonly #linkPictures = new BoundedCache<EncodedBody>(maxPictureBytes);

  constructor(reader: PublicationReader, logger: Logger) {
    this.#reader = reader;
    this.#logger = logger;
  }

  /** One run; undefined when that notebook has no such run, or is not in this publication. */
  async read(publication: Publication, slug: string, runId: string): Promise<ReadRun | undefined> {
    if (!publication.notebooks.some((notebook) => notebook.slug === slug)) return undefined;
    const key = `${slug}/${runId}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const found = await reachable(this.#reader.readRun(slug, runId));
    if (found === undefined) return undefined;
    const read = await this.#show(publication, slug, found);
    this.#runs.set(key, read);
    this.#problems.set(key, read.problem ?? '');
    return read;
  }

  /** What is wrong with the documents of what is published, by slug. */
  async problems(publication: Publication): Promise<Map<string, string>> {
    const problems = new Map<string, string>();
    for (const { slug, shown } of publication.notebooks) {
      if (shown === undefined) continue;
      const problem =
        this.#problems.get(`${slug}/${shown.runId}`) ??
        (await this.read(publication, slug, shown.runId))?.problem ??
        '';
      if (problem !== '') problems.set(slug, problem);
    }
    return problems;
  }

  /** The last runs of a notebook, newest first. */
  async history({ slug, latest }: DashboardNotebook): Promise<readonly RunSummary[]> {
    const key = `${slug}/${latest?.runId ?? ''}`;
    const known = this.#histories.get(key);
    if (known !== undefined) return known;
    const runs = await reachable(this.#reader.readRuns(slug, maxHistory));
    this.#histories.set(key, runs);
    return runs;
  }

  /** Small likenesses of the main charts of what is published, by slug. */
  async pictures(publication: Publication): Promise<Map<string, Element>> {
    const pictures = new Map<string, Element>();
    for (const { slug, shown } of publication.notebooks) {
      if (shown === undefined) continue;
      const key = `${slug}/${shown.runId}`;
      const found =
        this.#pictures.get(key) ?? (await this.#picture(publication, slug, shown.runId));
      this.#pictures.set(key, found);
      if (found !== undefined) pictures.set(slug, found);
    }
    return pictures;
  }

  /** The picture that was made of a run for those who show links to it; undefined: there is none to be had. */
  async picture(
    publication: Publication,
    slug: string,
    runId: string,
  ): Promise<EncodedBody | undefined> {
    if (!publication.notebooks.some((notebook) => notebook.slug === slug)) return undefined;
    const key = `${slug}/${runId}`;
    const known = this.#linkPictures.get(key);
    if (known !== undefined) return known;
    const png = await this.#reader.readPicture(slug, runId).catch(() => undefined);
    if (png === undefined) return undefined;
    const body = new EncodedBody(png);
    this.#linkPictures.set(key, body, png.length);
    return body;
  }

  /** The relations that each published notebook reads, by slug. */
  async relations(publication: Publication): Promise<Map<string, readonly string[]>> {
    const relations = new Map<string, readonly string[]>();
    for (const { slug, shown } of publication.notebooks) {
      if (shown === undefined) continue;
      const found = await this.read(publication, slug, shown.runId);
      relations.set(slug, found?.relations ?? []);
    }
    return relations;
  }

  /** What each published notebook asked the warehouse, by slug. */
  async queries(publication: Publication): Promise<Map<string, readonly RunQuery[]>> {
    const queries = new Map<string, readonly RunQuery[]>();
    for (const { slug, shown } of publication.notebooks) {
      if (shown === undefined) continue;
      queries.set(slug, (await this.read(publication, slug, shown.runId))?.queries ?? []);
    }
    return queries;
  }

  /** A run with its page; one whose document cannot be shown costs nobody but itself. */
  async #show(publication: Publication, slug: string, found: ExecutedRun): Promise<ReadRun> {
    const { run, queries, document } = found;
    // Of all notebooks: what is read here is kept for readers who may see more of them.
    const slugs = new Set(publication.slugs ?? publication.notebooks.map((one) => one.slug));
    const notebookHref = (other: string) => (slugs.has(other) ? notebookPath(other) : undefined);
    try {
      const notebook = parseNotebook(document, `${slug}, run ${run.runId}`);
      const drawDiagram = await diagramDrawer(notebook);
      const page = readNotebookPage(notebook, { name: slug, notebookHref, drawDiagram });
      return { run, page, queries, relations: relationsOf(notebook, queries) };
    } catch (error) {
      this.#logger.error(
        `run ${run.runId} of ${slug} cannot be shown: ${describeError(error, { stack: true })}`,
      );
      const problem = error instanceof DaybookError ? error.message : String(error);
      const page = readNotebookPage(nothing, { name: slug });
      return { run, page, queries, relations: relationsOf(nothing, queries), problem };
    }
  }

  /** A small likeness of the first chart that can be drawn so. */
  async #picture(
    publication: Publication,
    slug: string,
    runId: string,
  ): Promise<Element | undefined> {
    const found = await this.read(publication, slug, runId);
    for (const { figure } of found?.page.figures ?? []) {
      const picture = drawPicture(figure, { width: 320, height: 96, hasAxes: false });
      if (picture !== undefined) return picture;
    }
    return undefined;
  }
}

const relationName = /\b(?:bronze|silver|gold)\.[a-z_][a-z0-9_]*/g;

/** What a run's queries read; of runs that kept none, what their code names. */
function relationsOf(notebook: Notebook, queries: readonly RunQuery[]): string[] {
  if (queries.length > 0) return [...new Set(queries.flatMap(({ tables }) => tables))].sort();
  const names = notebook.cells
    .filter((cell) => cell.cell_type === 'code')
    .flatMap((cell) => joinText(cell.source).match(relationName) ?? []);
  return [...new Set(names)].sort();
}
