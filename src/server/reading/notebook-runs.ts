import type { Element } from 'hast';
import { DaybookError, describeError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import type {
  DashboardNotebook,
  ExecutedRun,
  Publication,
  PublicationReader,
  RunQuery,
  RunSummary,
} from '../../publication/publication-reader.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import { EncodedBody } from '../../http/encoded-body.js';
import { reachable } from '../parts/page-cache.js';
import type { Comparison } from '../rendering/render-job.js';
import type { RenderedNotebook } from '../rendering/rendered-notebook.js';
import type { Renderer } from '../rendering/renderer.js';
import type { SearchEntry } from '../rendering/search-index.js';
import { within } from './within.js';

/** A run of a notebook, rendered; none of this changes once the run is over. */
export interface ReadRun {
  readonly run: RunSummary;
  /** Undefined: its document cannot be shown. */
  readonly notebook: RenderedNotebook | undefined;
  /** Why not; empty: it can. */
  readonly problem: string;
}

/** What pages of other things say of a run. */
interface RunFacts {
  readonly problem: string;
  readonly picture: Element | undefined;
  readonly search: readonly SearchEntry[];
  readonly namedRelations: readonly string[];
  readonly linked: ReadonlyMap<string, boolean>;
}

/** What is known of the notebooks of a publication, by slug. */
export interface KnownFacts {
  readonly facts: ReadonlyMap<string, RunFacts>;
  /** Whether that is all of them: some may still be rendered. */
  readonly isComplete: boolean;
}

/** A run that is being rendered. */
interface Reading {
  readonly done: Promise<ReadRun | undefined>;
  /** Settles once it takes longer than most. */
  readonly slow: Promise<void>;
}

/** What is kept, in characters: rendered runs, what other pages say of them, and their queries. */
const maxRunCharacters = 64 * 1024 * 1024;
const maxFactsCharacters = 64 * 1024 * 1024;
const maxQueriesCharacters = 16 * 1024 * 1024;

/** The pictures for links that are kept, in bytes. */
const maxPictureBytes = 8 * 1024 * 1024;

/** Earlier runs that a page lists. */
const maxHistory = 20;

/** Runs that are read at the same time to know all; each has its document in memory. */
const lanes = 4;

/** How long a page waits for what is said of many notebooks, in milliseconds. */
const patienceMs = 2000;

/** What {@link NotebookRuns} needs beside what it reads. */
export interface NotebookRunsOptions {
  readonly renderer: Renderer;
  /** Whether figures may be framed, each by itself. */
  readonly hasEmbeds: boolean;
  /** The schemas whose relations are looked for in the notebooks' code. */
  readonly schemas: readonly string[];
}

/** The runs of notebooks, each read and rendered once. */
export class NotebookRuns {
  readonly #reader: PublicationReader;
  readonly #logger: Logger;
  readonly #renderer: Renderer;
  readonly #hasEmbeds: boolean;
  readonly #schemas: readonly string[];
  readonly #runs = new BoundedCache<ReadRun>(maxRunCharacters);
  readonly #facts = new BoundedCache<RunFacts>(maxFactsCharacters);
  readonly #queries = new BoundedCache<readonly RunQuery[]>(maxQueriesCharacters);
  readonly #reading = new Map<string, Reading>();
  #knowing: { readonly since: number; readonly done: Promise<void> } | undefined;
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

  /** One run; undefined when that notebook has no such run, or is not in this publication. */
  async read(publication: Publication, slug: string, runId: string): Promise<ReadRun | undefined> {
    if (!isPublished(publication, slug)) return undefined;
    const known = this.#runs.get(`${slug}/${runId}`);
    const slugs = slugsOf(publication);
    if (known !== undefined && linksHold(known.notebook?.linked, slugs)) return known;
    return this.#begin(slug, runId, slugs).done;
  }

  /**
   * What is said of all that is published. What is not known yet is waited for, but not long, and not for
   * a notebook that takes longer than most.
   */
  async facts(publication: Publication): Promise<KnownFacts> {
    const slugs = slugsOf(publication);
    const shown = shownRuns(publication);
    const known = () =>
      shown.flatMap(({ slug, runId }) => {
        const facts = this.#facts.get(`${slug}/${runId}`);
        return facts === undefined || !linksHold(facts.linked, slugs)
          ? []
          : [[slug, facts] as const];
      });
    if (known().length < shown.length) {
      this.#knowing ??= {
        since: performance.now(),
        done: this.#know(shown, slugs).finally(() => {
          this.#knowing = undefined;
        }),
      };
      const { since, done } = this.#knowing;
      // Whoever comes later does not wait anew for the same.
      await within(Math.max(0, since + patienceMs - performance.now()), done);
    }
    const facts = new Map(known());
    return { facts, isComplete: facts.size === shown.length };
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

  /** The picture that was made of a run for those who show links to it; undefined: there is none to be had. */
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

  /** What each published notebook asked the warehouse, by slug; for that none is rendered. */
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
   * The relations that each published notebook reads, by slug: by its queries, or what its code names
   * where none were kept.
   */
  async relations(
    publication: Publication,
  ): Promise<{ relations: Map<string, readonly string[]>; isComplete: boolean }> {
    const relations = new Map(
      [...(await this.queries(publication))].map(([slug, queries]): [string, string[]] => [
        slug,
        [...new Set(queries.flatMap(({ tables }) => tables))].sort(),
      ]),
    );
    const silent = publication.notebooks.filter(({ slug }) => relations.get(slug)?.length === 0);
    if (silent.length === 0) return { relations, isComplete: true };
    const slugs = [...slugsOf(publication)];
    const { facts, isComplete } = await this.facts({ ...publication, notebooks: silent, slugs });
    for (const [slug, { namedRelations }] of facts) relations.set(slug, [...namedRelations]);
    return { relations, isComplete };
  }

  /** What changed from one run to another; undefined when there is no such run. */
  async comparison(
    publication: Publication,
    slug: string,
    ids: readonly [before: string, after: string],
  ): Promise<(Comparison & { before: RunSummary; after: RunSummary }) | undefined> {
    if (!isPublished(publication, slug)) return undefined;
    const [before, after] = await Promise.all(
      ids.map((runId) => reachable(this.#reader.readRun(slug, runId))),
    );
    if (before === undefined || after === undefined) return undefined;
    const { result } = await this.#renderer.render({
      kind: 'comparison',
      name: slug,
      before: before.document,
      after: after.document,
    });
    return { ...result, before: before.run, after: after.run };
  }

  /** Reads those runs of which nothing is known, a few at a time; of a slow one it does not see the end. */
  async #know(shown: readonly ShownRun[], slugs: ReadonlySet<string>): Promise<void> {
    const left = shown.filter(({ slug, runId }) => {
      const known = this.#facts.get(`${slug}/${runId}`);
      return known === undefined || !linksHold(known.linked, slugs);
    });
    const lane = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const reading = this.#begin(next.slug, next.runId, slugs);
        await Promise.race([reading.done, reading.slow]);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
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
    // Whoever waits for it hears of it; nobody has to.
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
    const facts = {
      problem,
      picture: notebook?.picture,
      search: notebook?.search ?? [],
      namedRelations: notebook?.namedRelations ?? [],
      linked: notebook?.linked ?? new Map<string, boolean>(),
    };
    this.#facts.set(key, facts, 1000 + charactersOf([facts.search, facts.picture]));
    return read;
  }

  /** A run with its page; one whose document cannot be shown costs nobody but itself. */
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

interface ShownRun {
  readonly slug: string;
  readonly runId: string;
}

function shownRuns({ notebooks }: Publication): ShownRun[] {
  return notebooks.flatMap(({ slug, shown }) =>
    shown === undefined ? [] : [{ slug, runId: shown.runId }],
  );
}

function isPublished({ notebooks }: Publication, slug: string): boolean {
  return notebooks.some((notebook) => notebook.slug === slug);
}

/** The names of all notebooks: what is read is kept for readers who may see more of them. */
function slugsOf({ slugs, notebooks }: Publication): ReadonlySet<string> {
  return new Set(slugs ?? notebooks.map(({ slug }) => slug));
}

/** Whether the notebooks that links name are there, or not, as they were when the links were made. */
function linksHold(
  linked: ReadonlyMap<string, boolean> | undefined,
  slugs: ReadonlySet<string>,
): boolean {
  return [...(linked ?? [])].every(([slug, was]) => slugs.has(slug) === was);
}

function weightOf({ body, figures }: RenderedNotebook): number {
  const lengths = [body, ...figures.map(({ embed }) => embed)].flatMap(
    (one) => one?.html.map((text) => text.length) ?? [],
  );
  const all = [...lengths, ...figures.map(({ csv }) => csv?.length ?? 0)];
  return all.reduce((sum, length) => sum + length, 0);
}

function charactersOf(value: unknown): number {
  return JSON.stringify(value).length;
}
