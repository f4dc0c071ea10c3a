import type { Element } from 'hast';
import type { Logger } from '../logger.js';
import type {
  RunSummary,
  Publication,
  PublicationReader,
  DashboardNotebook,
} from '../publication/publication-reader.js';
import type { Assets } from './assets.js';
import { BoundedCache } from './bounded-cache.js';
import { EncodedBody } from './encoded-body.js';
import { linkedResources } from './page-resources.js';
import { offlineBanner } from './pages/banner.js';
import { homeDocument } from './pages/home-document.js';
import type { PageFrame } from './pages/layout.js';
import {
  faultDocument,
  notFoundDocument,
  unavailableDocument,
  unpublishedDocument,
  waitingDocument,
} from './pages/message-document.js';
import { notebookDocument } from './pages/notebook-document.js';
import { notebookPath } from './pages/paths.js';
import { PublicationCache, type PublicationState } from './publication-cache.js';
import { toCsv } from './render/chart/csv.js';
import { drawPicture } from './render/chart/picture.js';
import { readNotebookPage, type NotebookPage } from './render/notebook-page.js';

/** An answer: a page, or a chart's data. */
export interface Page {
  readonly status: number;
  readonly body: EncodedBody;
}

/** Which page of a notebook is asked for. */
export interface NotebookRequest {
  readonly slug: string;
  /** Digits alone; undefined: what is published. */
  readonly runId?: string | undefined;
  /** All code is unfolded. */
  readonly showsCode: boolean;
}

/** What pages are made of. */
export interface PagesOptions {
  readonly reader: PublicationReader;
  readonly assets: Assets;
  /** The report's zone, for times that no pipeline run gives a zone. */
  readonly timeZone: string;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** A run of a notebook, read and cleaned; none of this changes once the run is over. */
interface ReadRun {
  readonly run: RunSummary;
  readonly page: NotebookPage;
}

/** The finished pages that are kept, in bytes before compression. */
const maxPageBytes = 64 * 1024 * 1024;

/** Runs whose content is kept, so that their pages can be made again without the warehouse. */
const maxRuns = 64;

/** Earlier runs that a page lists. */
const maxHistory = 20;

/** Makes the pages, once each for every state of the publication. */
export class Pages {
  readonly #options: PagesOptions;
  readonly #publication: PublicationCache;
  readonly #finished = new BoundedCache<Page>(maxPageBytes);
  readonly #runs = new BoundedCache<ReadRun>(maxRuns);
  readonly #histories = new BoundedCache<readonly RunSummary[]>(500);
  readonly #pictures = new BoundedCache<Element | undefined>(500);

  constructor(options: PagesOptions) {
    this.#options = options;
    this.#publication = new PublicationCache(options.reader, options.logger, options.now);
  }

  /** What is published, for machines; undefined while nothing is known. */
  state(): Promise<PublicationState | undefined> {
    return this.#publication.current();
  }

  /** `/` */
  home(): Promise<Page> {
    return this.#page('/', async ({ publication }, frame) => {
      const { timeZone } = this.#options;
      const hasRun = publication.notebooks.some(({ latest }) => latest !== undefined);
      if (!hasRun) return page(200, waitingDocument(publication.pipeline, frame, timeZone));
      const pictures = await this.#homePictures(publication);
      return page(200, homeDocument(publication, pictures, frame, timeZone));
    });
  }

  /** `/notebooks/SLUG` and `/notebooks/SLUG/runs/ID` */
  notebook({ slug, runId, showsCode }: NotebookRequest): Promise<Page> {
    const key = `${notebookPath(slug)} ${runId ?? 'shown'} ${String(showsCode)}`;
    return this.#page(
      key,
      async ({ publication }, frame) => {
        const notebook = publication.notebooks.find((one) => one.slug === slug);
        if (notebook === undefined) return page(404, notFoundDocument(frame));
        const id = runId ?? notebook.shown?.runId;
        if (id === undefined) return page(200, unpublishedDocument(notebook, frame));
        const found = await this.#readRun(publication, slug, id);
        if (found === undefined) return page(404, notFoundDocument(frame));
        const view = {
          notebook,
          ...found,
          runs: await this.#history(notebook),
          isPinned: runId !== undefined,
          showsCode,
        };
        const resources = linkedResources(this.#options.assets, found.page.bundle);
        const document = notebookDocument(view, { ...frame, resources }, this.#options.timeZone);
        return page(200, document);
      },
      slug,
    );
  }

  /** `/notebooks/SLUG/runs/ID/figures/N.csv`; undefined when there is no such chart. */
  async figureCsv(slug: string, runId: string, figure: number): Promise<EncodedBody | undefined> {
    const state = await this.#publication.current();
    if (state === undefined) return undefined;
    const found = await this.#readRun(state.publication, slug, runId);
    const table = found?.page.figures[figure - 1]?.table;
    return table === undefined ? undefined : new EncodedBody(toCsv(table));
  }

  /** For addresses that lead nowhere. */
  notFound(): Promise<Page> {
    return this.#page('404', (_, frame) => Promise.resolve(page(404, notFoundDocument(frame))));
  }

  /** For faults of the server. */
  fault(): Page {
    return page(500, faultDocument(this.#bareFrame()));
  }

  /** A page from the cache, or made by `make` in the frame of the current publication. */
  async #page(
    key: string,
    make: (state: PublicationState, frame: PageFrame) => Promise<Page>,
    slug?: string,
  ): Promise<Page> {
    const state = await this.#publication.current();
    if (state === undefined) return page(503, unavailableDocument(this.#bareFrame()));
    const versioned = `${key} ${state.version}`;
    const known = this.#finished.get(versioned);
    if (known !== undefined) return known;
    const frame = this.#frame(state, slug === undefined ? '/' : notebookPath(slug));
    let made: Page;
    try {
      made = await make(state, frame);
    } catch (error) {
      // Only reading can fail for want of the warehouse; everything else is a fault.
      if (!(error instanceof UnreachableError)) throw error;
      return page(503, unavailableDocument(frame));
    }
    if (made.status === 200) this.#finished.set(versioned, made, made.body.bytes.length);
    return made;
  }

  #frame({ publication, offlineSince }: PublicationState, path: string): PageFrame {
    return {
      resources: linkedResources(this.#options.assets, undefined),
      notebooks: publication.notebooks,
      path,
      notice:
        offlineSince === undefined
          ? undefined
          : offlineBanner(offlineSince, this.#options.timeZone),
    };
  }

  #bareFrame(): PageFrame {
    const resources = linkedResources(this.#options.assets, undefined);
    return { resources, notebooks: [], path: '' };
  }

  async #readRun(
    publication: Publication,
    slug: string,
    runId: string,
  ): Promise<ReadRun | undefined> {
    const key = `${slug}/${runId}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const found = await reachable(this.#options.reader.readRun(slug, runId));
    if (found === undefined) return undefined;
    const slugs = new Set(publication.notebooks.map((notebook) => notebook.slug));
    const read = {
      run: found.run,
      page: readNotebookPage(found.notebook, {
        name: slug,
        notebookHref: (other) => (slugs.has(other) ? notebookPath(other) : undefined),
      }),
    };
    this.#runs.set(key, read);
    return read;
  }

  async #history({ slug, latest }: DashboardNotebook): Promise<readonly RunSummary[]> {
    const key = `${slug}/${latest?.runId ?? ''}`;
    const known = this.#histories.get(key);
    if (known !== undefined) return known;
    const runs = await reachable(this.#options.reader.readRuns(slug, maxHistory));
    this.#histories.set(key, runs);
    return runs;
  }

  async #homePictures(publication: Publication): Promise<Map<string, Element>> {
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

  /** A small likeness of the first chart that can be drawn so. */
  async #picture(
    publication: Publication,
    slug: string,
    runId: string,
  ): Promise<Element | undefined> {
    const found = await this.#readRun(publication, slug, runId);
    for (const { figure } of found?.page.figures ?? []) {
      const picture = drawPicture(figure, { width: 320, height: 96, hasAxes: false });
      if (picture !== undefined) return picture;
    }
    return undefined;
  }
}

/** The warehouse could not be asked. */
class UnreachableError extends Error {}

async function reachable<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (cause) {
    throw new UnreachableError('the warehouse did not answer', { cause });
  }
}

function page(status: number, document: string): Page {
  return { status, body: new EncodedBody(document) };
}
