import type { Audience } from '../access/audience.js';
import { atomFeed } from './notebooks/atom-feed.js';
import { Answer } from '../../http/prepared-response.js';
import { BehindPages } from './internal-pages.js';
import { EncodedBody } from '../../http/encoded-body.js';
import { NotebookRuns } from '../reading/notebook-runs.js';
import { page, PageCache, unlessUnfinished, type PageCacheOptions } from '../parts/page-cache.js';
import { embedResources, linkedResources } from '../parts/page-resources.js';
import { comparisonDocument } from './notebooks/comparison-document.js';
import { embedDocument } from './notebooks/embed-document.js';
import { homeDocument } from './notebooks/home-document.js';
import {
  brokenDocument,
  faultDocument,
  notFoundDocument,
  nothingToReadDocument,
  unpublishedDocument,
  waitingDocument,
} from '../parts/message-document.js';
import type { PageFrame } from '../parts/layout.js';
import { notebookDocument } from './notebooks/notebook-document.js';
import {
  comparisonPath,
  embedPath,
  feedPath,
  notebookPath,
  picturePath,
  runPath,
  searchPath,
} from '../paths.js';
import type { PublicationState } from '../reading/publication-cache.js';
import type { Readers } from '../reading/readers/readers.js';
import { embedHeaders } from '../../http/security-headers.js';
import { processRenderer, type Renderer } from '../rendering/renderer.js';
import { searchScript } from '../rendering/search-index.js';
import { withProblems } from '../reading/with-problems.js';

/** Which page of a notebook is asked for. */
export interface NotebookRequest {
  readonly slug: string;
  /** Digits alone; undefined: what is published. */
  readonly runId?: string | undefined;
  /** All code is unfolded. */
  readonly showsCode: boolean;
}

/** Which figure is asked for, to be framed. */
export interface EmbedRequest {
  readonly slug: string;
  /** Its number in the notebook, from 1. */
  readonly figure: number;
  /** Undefined: as the reader's system has it. */
  readonly theme: 'light' | 'dark' | undefined;
}

/** What pages are made of. */
export interface PagesOptions extends PageCacheOptions, Readers {
  /** Origins whose pages may show single figures in frames; default none. */
  readonly frameAncestors?: readonly string[];
  /** The whole address under which others find a path; undefined, or without it: nobody knows. */
  readonly publicAddress?: ((path: string) => string | undefined) | undefined;
  /** Renders what notebooks hold. Default: that of the process. */
  readonly renderer?: Renderer;
}

/** The query of a page with all code unfolded. */
const codeQuery = '?code=shown';

/** Makes the pages, once each for every state of the publication. */
export class Pages {
  readonly #options: PagesOptions;
  readonly #cache: PageCache;
  readonly #runs: NotebookRuns;
  readonly #behind: BehindPages;

  /** @param shared - Whose pages these are, for another audience. */
  constructor(options: PagesOptions, shared?: { pages: Pages; audience: Audience }) {
    this.#options = options;
    this.#cache = shared ? shared.pages.#cache.for(shared.audience) : new PageCache(options);
    const { reader, logger, renderer = processRenderer(), frameAncestors = [] } = options;
    this.#runs = shared
      ? shared.pages.#runs
      : new NotebookRuns(reader, logger, {
          renderer,
          hasEmbeds: frameAncestors.length > 0,
          schemas: options.catalogue.schemas.names,
        });
    this.#behind = shared ? shared.pages.#behind : new BehindPages(options, this.#runs, renderer);
  }

  /** The pages as an audience sees them: what it may not read is not there. */
  for(audience: Audience): Pages {
    if (audience === this.#cache.audience) return this;
    return new Pages(this.#options, { pages: this, audience });
  }

  /** What is published, for machines; undefined while nothing is known. */
  state(): Promise<PublicationState | undefined> {
    return this.#cache.state();
  }

  /** Changes whenever a page may show something else; undefined while nothing is known. */
  liveVersion(): Promise<string | undefined> {
    return this.#cache.liveVersion();
  }

  /**
   * What is published with what is wrong with its documents, for machines. While the warehouse is away
   * they cannot be looked at, and count as sound.
   */
  async checkedState(): Promise<PublicationState | undefined> {
    const state = await this.state();
    if (state === undefined || state.offlineSince !== undefined) return state;
    const { facts } = await this.#runs.facts(state.publication);
    return { ...state, publication: withProblems(state.publication, facts) };
  }

  /** The page at this address, path and query, when it is finished and current. */
  finished(url: string): Answer | undefined {
    return this.#cache.finished(url);
  }

  /** `/` */
  home(): Promise<Answer> {
    return this.#cache.page({ path: '/' }, async ({ publication, seesBehind }, frame) => {
      const { timeZone } = this.#options;
      const hasRun = publication.notebooks.some(({ latest }) => latest !== undefined);
      if (!hasRun && !seesBehind) {
        return page(200, nothingToReadDocument(frame));
      }
      if (!hasRun) return page(200, waitingDocument(publication.pipeline, frame, timeZone));
      const { facts, rest } = await this.#runs.facts(publication);
      const pictures = new Map(
        [...facts].flatMap(([slug, { picture }]) =>
          picture === undefined ? [] : [[slug, picture] as const],
        ),
      );
      const shown = withProblems(publication, facts);
      const answer = page(200, homeDocument(shown, pictures, frame, timeZone));
      return unlessUnfinished(answer, rest);
    });
  }

  /** `/notebooks/SLUG` and `/notebooks/SLUG/runs/ID` */
  notebook({ slug, runId, showsCode }: NotebookRequest): Promise<Answer> {
    const section = notebookPath(slug);
    const path = runId === undefined ? section : runPath(slug, runId);
    return this.#cache.page(
      { path, section, query: showsCode ? codeQuery : '' },
      async ({ publication }, frame) => {
        const notebook = publication.notebooks.find((one) => one.slug === slug);
        if (notebook === undefined) return page(404, notFoundDocument(frame));
        const id = runId ?? notebook.shown?.runId;
        if (id === undefined) return page(200, unpublishedDocument(notebook, frame));
        const found = await this.#runs.read(publication, slug, id);
        if (found === undefined) return page(404, notFoundDocument(frame));
        if (found.notebook === undefined) {
          return page(200, brokenDocument(notebook, found.run, found.problem, frame));
        }
        const view = {
          notebook,
          run: found.run,
          page: found.notebook,
          runs: await this.#runs.history(notebook),
          isPinned: runId !== undefined,
          showsCode,
        };
        const { assets, timeZone, publicAddress } = this.#options;
        const resources = linkedResources(assets, found.notebook.bundle, found.notebook.maps);
        const image =
          found.run.hasPicture === true ? publicAddress?.(picturePath(slug, id)) : undefined;
        return page(200, notebookDocument(view, { ...frame, resources }, timeZone, image));
      },
    );
  }

  /** `/embed/SLUG/N`: one figure of what is published. */
  embed({ slug, figure, theme }: EmbedRequest): Promise<Answer> {
    const query = theme === undefined ? '' : `?theme=${theme}`;
    const place = { path: embedPath(slug, figure), query };
    return this.#cache.page(place, async ({ publication }, frame) => {
      const shown = publication.notebooks.find((one) => one.slug === slug)?.shown;
      const found =
        shown === undefined ? undefined : await this.#runs.read(publication, slug, shown.runId);
      const rendered = found?.notebook;
      const entry = rendered?.figures[figure - 1];
      if (found === undefined || rendered === undefined || entry === undefined) {
        return page(404, notFoundDocument(frame));
      }
      const { assets, timeZone } = this.#options;
      const resources = embedResources(assets, rendered.bundle, rendered.maps);
      const view = { slug, run: found.run, page: rendered, figure: entry, number: figure, theme };
      const document = embedDocument(view, { ...frame, resources }, timeZone);
      return page(200, document, { headers: embedHeaders(this.#options.frameAncestors ?? []) });
    });
  }

  /** `/notebooks/SLUG/compare/A/B`: what changed from run A to run B. */
  comparison(slug: string, before: string, after: string): Promise<Answer> {
    const path = comparisonPath(slug, before, after);
    return this.#cache.page(
      { path, section: notebookPath(slug) },
      async ({ publication }, frame) => {
        const notebook = publication.notebooks.find((one) => one.slug === slug);
        const compared = await this.#runs.comparison(publication, slug, [before, after]);
        if (notebook === undefined || compared === undefined) {
          return page(404, notFoundDocument(frame));
        }
        const view = { notebook, ...compared };
        return page(200, comparisonDocument(view, frame, this.#options.timeZone));
      },
    );
  }

  /** `/notebooks/SLUG/runs/ID/figures/N.csv`; undefined when there is no such chart. */
  async figureCsv(slug: string, runId: string, figure: number): Promise<Answer | undefined> {
    const state = await this.#cache.state();
    if (state === undefined) return undefined;
    const found = await this.#runs.read(state.publication, slug, runId);
    const csv = found?.notebook?.figures[figure - 1]?.csv;
    if (csv === undefined) return undefined;
    return new Answer(new EncodedBody(csv), {
      status: 200,
      type: 'text/csv; charset=utf-8',
      // A run that is over does not change.
      cache: 'private, max-age=86400, immutable',
      headers: { 'Content-Disposition': `attachment; filename="figure-${figure}.csv"` },
    });
  }

  /** `/notebooks/SLUG/runs/ID/picture.png`; undefined when none was made, or none can be had now. */
  async picture(slug: string, runId: string): Promise<Answer | undefined> {
    const state = await this.#cache.state();
    if (state === undefined) return undefined;
    const body = await this.#runs.picture(state.publication, slug, runId);
    if (body === undefined) return undefined;
    const cache = 'private, max-age=86400, immutable';
    return new Answer(body, { status: 200, type: 'image/png', cache });
  }

  /** `/pipeline` */
  pipeline(): Promise<Answer> {
    return this.#behind.pipeline(this.#cache);
  }

  /** `/pipeline/steps/N` */
  pipelineSteps(part: number): Promise<Answer> {
    return this.#behind.steps(this.#cache, part);
  }

  /** `/pipeline/runs/ID` */
  pipelineRun(runId: string): Promise<Answer> {
    return this.#behind.run(this.#cache, runId);
  }

  /** `/pipeline/runs/ID/tasks/TASK` */
  pipelineTask(runId: string, task: string): Promise<Answer> {
    return this.#behind.task(this.#cache, runId, task);
  }

  /** `/data` */
  catalogue(): Promise<Answer> {
    return this.#behind.catalogue(this.#cache);
  }

  /** `/data/SCHEMA.TABLE` */
  relation(id: string): Promise<Answer> {
    return this.#behind.relation(this.#cache, id);
  }

  /** `/search.js` */
  search(): Promise<Answer> {
    return this.#cache.page({ path: searchPath }, async ({ publication }) => {
      const { facts, rest } = await this.#runs.facts(publication);
      const entries = publication.notebooks.flatMap(({ slug }) => facts.get(slug)?.search ?? []);
      const type = 'text/javascript; charset=utf-8';
      const answer = page(200, searchScript(entries), { type });
      return unlessUnfinished(answer, rest);
    });
  }

  /** `/feed.atom` */
  feed(): Promise<Answer> {
    const type = 'application/atom+xml; charset=utf-8';
    return this.#cache.page({ path: feedPath }, ({ publication }, frame) => {
      const feed = atomFeed(publication, frame.address ?? ((path) => path), frame.site);
      return Promise.resolve(page(200, feed, { type }));
    });
  }

  /** For addresses that lead nowhere. */
  notFound(): Promise<Answer> {
    return this.#cache.page({ path: '/404', section: '/' }, (_, frame) =>
      Promise.resolve(page(404, notFoundDocument(frame))),
    );
  }

  /** A frame that says nothing of the publication. */
  bareFrame(): PageFrame {
    return this.#cache.bareFrame();
  }

  /** For faults of the server. */
  fault(): Answer {
    return page(500, faultDocument(this.#cache.bareFrame()));
  }
}
