// Runs of notebooks for pages: rendered documents, facts, comparisons, preview images, from cache or from the
// renderer.

import pLimit from 'p-limit';
import { DaybookError, describeError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type {
  DashboardNotebook,
  ExecutedRun,
  Publication,
  RunQuery,
  RunSummary,
} from '../../publication/publication.js';
import { chosenPage } from '../../publication/choices.js';
import type { PublicationReader } from '../../publication/publication-reader.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import { EncodedBody } from '../../http/encoded-body.js';
import type { Comparison } from '../rendering/render-job.js';
import type { RenderedNotebook } from '../rendering/rendered-notebook.js';
import type { Renderer } from '../rendering/renderer.js';
import { GracePeriod } from './grace-period.js';
import { reachable } from './stale-cache.js';
import { FactsCache, linksHold, shownRuns, type RunFacts, type ShownRun } from './run-facts.js';

/** A rendered run of a notebook. */
export interface ReadRun {
  readonly run: RunSummary;
  /** Undefined when the document cannot be shown. */
  readonly notebook: RenderedNotebook | undefined;
  /** Why the document cannot be shown; empty when it can. */
  readonly problem: string;
}

/** The facts of a publication's notebooks, as far as they are known. */
export interface KnownFacts {
  /** By slug. */
  readonly facts: ReadonlyMap<string, RunFacts>;
  /** Settles when missing facts are rendered; undefined: none is missing. */
  readonly rest: Promise<unknown> | undefined;
}

/** A run that is being rendered for a request. */
interface Reading {
  readonly done: Promise<ReadRun | undefined>;
  /** Settles when a piece is slow. */
  readonly slow: Promise<void>;
}

/** A run that is being rendered in the background. */
interface BackgroundRun {
  readonly done: Promise<unknown>;
  /** Settles when the run is rendered, or when a piece is slow. */
  readonly quick: Promise<unknown>;
}

/** The cache's size for rendered runs and their queries, in characters. */
const maxRunCharacters = 64 * 1024 * 1024;
const maxQueriesCharacters = 16 * 1024 * 1024;

/** The cache's size for preview images, in bytes. */
const maxPictureBytes = 8 * 1024 * 1024;

/** Earlier runs that a page lists. */
const maxHistory = 20;

/** Requests wait for at most this many notebooks: more would not be ready in time. */
const maxAwaited = 100;

/** Runs that are read at once for their facts; each holds its document in memory. */
const maxReading = 4;

/** Options of {@link NotebookRuns} beside the readers. */
export interface NotebookRunsOptions {
  readonly renderer: Renderer;
  /** Whether figures may be embedded in other sites. */
  readonly hasEmbeds: boolean;
  /** The schemas whose relations are looked for in notebook code. */
  readonly schemas: readonly string[];
}

/** The runs of notebooks; each is read and rendered once. */
export class NotebookRuns {
  readonly #reader: PublicationReader;
  readonly #logger: Logger;
  readonly #renderer: Renderer;
  readonly #hasEmbeds: boolean;
  readonly #schemas: readonly string[];
  readonly #runs = new BoundedCache<ReadRun>(maxRunCharacters);
  readonly #facts = new FactsCache();
  readonly #queries = new BoundedCache<readonly RunQuery[]>(maxQueriesCharacters);
  readonly #reading = new Map<string, Reading>();
  readonly #inBackground = new Map<string, BackgroundRun>();
  readonly #grace = new GracePeriod();
  readonly #inTurn = pLimit(maxReading);
  readonly #histories = new BoundedCache<readonly RunSummary[]>(500);
  readonly #linkPictures = new BoundedCache<EncodedBody>(maxPictureBytes);

  constructor(
    reader: PublicationReader,
    logger: Logger,
    { renderer, hasEmbeds, schemas }: NotebookRunsOptions,
  ) {
    this.#reader = reader;
    this.#logger = logger;
    this.#renderer = renderer;
    this.#hasEmbeds = hasEmbeds;
    this.#schemas = schemas;
  }

  /** A run; undefined when the notebook has no such run, or is not in the publication. */
  async read(publication: Publication, slug: string, runId: string): Promise<ReadRun | undefined> {
    if (!isPublished(publication, slug)) return undefined;
    const known = this.#runs.get(`${slug}/${runId}`);
    const slugs = slugsOf(publication);
    if (known !== undefined && linksHold(known.notebook?.linked, slugs)) return known;
    return this.#begin(slug, runId, slugs).done;
  }

  /**
   * The facts of all published notebooks. Missing ones are rendered in the background; until then the previous
   * run's are returned. Only the first requests after a start wait.
   */
  async facts(publication: Publication): Promise<KnownFacts> {
    const slugs = slugsOf(publication);
    const shown = shownRuns(publication);
    const isMissing = (run: ShownRun) => !this.#facts.has(run, slugs);
    const made = shown.filter(isMissing).map((run) => this.#renderInBackground(run, slugs));
    if (made.length > 0 && made.length <= maxAwaited) {
      await this.#grace.wait(Promise.allSettled(made.map(({ quick }) => quick)));
    }
    const facts = new Map(
      shown.flatMap((run) => {
        const known = this.#facts.get(run);
        return known === undefined ? [] : [[run.slug, known] as const];
      }),
    );
    const rest = shown.some(isMissing)
      ? Promise.allSettled(made.map(({ done }) => done))
      : undefined;
    return { facts, rest };
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

  /** The preview image of a run; undefined when there is none. */
  async picture(
    publication: Publication,
    slug: string,
    runId: string,
  ): Promise<EncodedBody | undefined> {
    if (!isPublished(publication, slug)) return undefined;
    const key = `${slug}/${runId}`;
    const known = this.#linkPictures.get(key);
    if (known !== undefined) return known;
    const png = await this.#reader.readPicture(slug, runId).catch(() => undefined);
    if (png === undefined) return undefined;
    const body = new EncodedBody(png);
    this.#linkPictures.set(key, body, png.length);
    return body;
  }

  /** The queries of each published notebook, by slug. */
  async queries(publication: Publication): Promise<Map<string, readonly RunQuery[]>> {
    const shown = shownRuns(publication);
    const missing = shown.filter(({ slug, runId }) => !this.#queries.has(`${slug}/${runId}`));
    const read =
      missing.length === 0
        ? new Map<string, RunQuery[]>()
        : await reachable(this.#reader.readQueries(missing.map(({ runId }) => runId)));
    for (const { slug, runId } of missing) {
      const queries = read.get(runId) ?? [];
      this.#queries.set(`${slug}/${runId}`, queries, charactersOf(queries));
    }
    return new Map(
      shown.map(({ slug, runId }) => [
        slug,
        this.#queries.get(`${slug}/${runId}`) ?? read.get(runId) ?? [],
      ]),
    );
  }

  /**
   * The relations that each published notebook reads, by slug: from its queries, or from its code where no queries
   * were recorded.
   */
  async relations(
    publication: Publication,
  ): Promise<{ relations: Map<string, readonly string[]>; rest: KnownFacts['rest'] }> {
    const relations = new Map(
      [...(await this.queries(publication))].map(([slug, queries]): [string, string[]] => [
        slug,
        [...new Set(queries.flatMap(({ tables }) => tables))].sort(),
      ]),
    );
    const silent = publication.notebooks.filter(({ slug }) => relations.get(slug)?.length === 0);
    if (silent.length === 0) return { relations, rest: undefined };
    const slugs = [...slugsOf(publication)];
    const { facts, rest } = await this.facts({ ...publication, notebooks: silent, slugs });
    for (const [slug, { namedRelations }] of facts) relations.set(slug, [...namedRelations]);
    return { relations, rest };
  }

  /**
   * The values that differ between two runs; undefined when a run does not exist.
   *
   * @param hasPictures - Whether the pictures of their charts are wanted, too.
   */
  async comparison(
    publication: Publication,
    sides: readonly [before: ShownRun, after: ShownRun],
    hasPictures = false,
  ): Promise<(Comparison & { before: RunSummary; after: RunSummary }) | undefined> {
    if (!sides.every(({ slug }) => isPublished(publication, slug))) return undefined;
    const [before, after] = await Promise.all(
      sides.map(({ slug, runId }) => reachable(this.#reader.readRun(slug, runId))),
    );
    if (before === undefined || after === undefined) return undefined;
    const { result } = await this.#renderer.render({
      ...{ kind: 'comparison', name: sides[1].slug, hasPictures },
      ...{ before: before.document, after: after.document },
    });
    return { ...result, before: before.run, after: after.run };
  }

  /** Renders a run for its facts, a few at a time; a slow run does not delay the next. */
  #renderInBackground({ slug, runId }: ShownRun, slugs: ReadonlySet<string>): BackgroundRun {
    const key = `${slug}/${runId}`;
    const known = this.#inBackground.get(key);
    if (known !== undefined) return known;
    const begun = this.#inTurn(async () => {
      const reading = this.#begin(slug, runId, slugs);
      await Promise.race([reading.done, reading.slow]);
      return reading;
    });
    const done = begun
      .then((reading) => reading.done)
      .finally(() => {
        this.#inBackground.delete(key);
      });
    done.catch(() => undefined);
    const background = { done, quick: begun };
    this.#inBackground.set(key, background);
    return background;
  }

  #begin(slug: string, runId: string, slugs: ReadonlySet<string>): Reading {
    const key = `${slug}/${runId}`;
    const known = this.#reading.get(key);
    if (known !== undefined) return known;
    let onSlow: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (onSlow = resolve));
    const done = this.#readRun(slug, runId, slugs, onSlow).finally(() => {
      this.#reading.delete(key);
    });
    // Callers handle the rejection; without a caller it is ignored.
    done.catch(() => undefined);
    const reading = { done, slow };
    this.#reading.set(key, reading);
    return reading;
  }

  async #readRun(
    slug: string,
    runId: string,
    slugs: ReadonlySet<string>,
    onSlow: () => void,
  ): Promise<ReadRun | undefined> {
    const found = await reachable(this.#reader.readRun(slug, runId));
    if (found === undefined) return undefined;
    const read = await this.#show(slug, found, slugs, onSlow);
    const key = `${slug}/${runId}`;
    const { notebook, problem } = read;
    this.#runs.set(key, read, 1000 + (notebook === undefined ? 0 : weightOf(notebook)));
    this.#facts.set({ slug, runId }, notebook, problem);
    return read;
  }

  /** A run with its page, or with the reason why it has none. */
  async #show(
    slug: string,
    { run, queries, document }: ExecutedRun,
    slugs: ReadonlySet<string>,
    onSlow: () => void,
  ): Promise<ReadRun> {
    const { runId, error } = run;
    const failure =
      error?.cell === undefined || error.line === undefined
        ? undefined
        : { cell: error.cell, position: { line: error.line, column: error.column } };
    try {
      const { result, plain } = await this.#renderer.render(
        {
          kind: 'notebook',
          name: `${slug}, run ${runId}`,
          ...{ document, slug, runId, queries, failure, hasEmbeds: this.#hasEmbeds },
          schemas: this.#schemas,
          slugs: [...slugs],
        },
        onSlow,
      );
      for (const [piece, reason] of plain) {
        this.#logger.warn(`run ${runId} of ${slug}: ${piece} is shown as its text (${reason})`);
      }
      return { run, notebook: result, problem: '' };
    } catch (cause) {
      this.#logger.error(
        `run ${runId} of ${slug} cannot be shown: ${describeError(cause, { stack: true })}`,
      );
      const problem = cause instanceof DaybookError ? cause.message : String(cause);
      return { run, notebook: undefined, problem };
    }
  }
}

function isPublished({ notebooks }: Publication, slug: string): boolean {
  // Not of the name alone: a page that a reader may not see may have it.
  return chosenPage({ notebooks }, slug)?.page?.slug === slug;
}

/** All slugs, because audiences share rendered runs. */
function slugsOf({ slugs, notebooks }: Publication): ReadonlySet<string> {
  return new Set(slugs ?? notebooks.map(({ slug }) => slug));
}

function weightOf({ body, figures }: RenderedNotebook): number {
  const lengths = [body, ...figures.map(({ embed }) => embed)].flatMap(
    (one) => one?.html.map((text) => text.length) ?? [],
  );
  return lengths.reduce((sum, length) => sum + length, 0);
}

function charactersOf(value: unknown): number {
  return JSON.stringify(value).length;
}
