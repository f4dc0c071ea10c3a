// This folder publishes runs on the dashboard: publication (this file), addresses, the tables that queries read
// (read-by-run.ts), the record of the whole run (collection-record.ts), and preview images.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Pool } from 'pg';
import { silentLogger, type Logger } from '../../logger.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import { formatNotebook } from '../../nbformat/write-notebook.js';
import {
  confirmRun,
  latestRuns,
  publishRun,
  readDataState,
  readDocument,
  type PublicationGuard,
  type DataState,
  type LatestRun,
} from '../../publication/publication-writer.js';
import { retirePages, type PublishedPage } from '../../publication/published-pages.js';
import type { QueryRecord } from '../../warehouse/query/query-record.js';
import { relationStates } from '../../history/models/relation-states.js';
import { exportSnapshot, importSnapshot, type Snapshot } from '../../warehouse/query/snapshot.js';
import { executedBefore } from '../document/executed-before.js';
import { withoutPictures, withPictures } from '../document/figure-pictures.js';
import { displayDigest, type CodeInputs, type NotebookInputs } from '../plan/notebook-inputs.js';
import { reasonToRun, type EarlierRun } from '../plan/reason-to-run.js';
import { labelOf, type NotebookSource } from '../collection/notebook-source.js';
import { listedNotebook } from './listed-notebook.js';
import { PageAddresses } from './page-addresses.js';
import { readByRun } from './read-by-run.js';
import { errorRecord, type NotebookRunResult } from '../execute/run-notebook.js';

/** A run to publish with its inputs. */
export interface RunToPublish {
  readonly run: NotebookRunResult;
  /** The inputs of its code. */
  readonly code: CodeInputs;
  readonly queries: readonly QueryRecord[];
  /** The cell that ran at an instant (milliseconds since 1970). */
  readonly cellAt: (time: number) => number | null;
}

/** Options of {@link Publication.open}. */
export interface PublicationOptions {
  /** The project's root, absolute. */
  readonly root: string;
  /** The schema of loaded tables. */
  readonly loadedSchema: string;
  /** The notebooks of the run. */
  readonly sources: readonly NotebookSource[];
  /** The published pages. */
  readonly pages: readonly PublishedPage[];
  /** Whether values without a page get one. */
  readonly newPages: boolean;
  /** The snapshot that another process holds. Default: one is exported. */
  readonly snapshot?: string | undefined;
  /** Called when the snapshot is exported, before anything is read. */
  readonly onSnapshot?: ((id: string) => Promise<void>) | undefined;
  /** What belongs to the transaction of each publication. */
  readonly guard?: PublicationGuard | undefined;
  readonly logger?: Logger;
}

/** A run that was stored, and the relations that its queries named. */
export interface PublishedRun {
  readonly runId: number;
  readonly reads: readonly string[];
}

/** The publication of a run of notebooks, all of which read one snapshot of the warehouse. */
export class Publication implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #options: PublicationOptions;
  readonly #snapshot: Snapshot;
  readonly #latest: ReadonlyMap<string, LatestRun>;
  readonly #addresses: PageAddresses;

  private constructor(
    pool: Pool,
    options: PublicationOptions,
    snapshot: Snapshot,
    latest: ReadonlyMap<string, LatestRun>,
  ) {
    this.#pool = pool;
    this.#options = options;
    this.#snapshot = snapshot;
    this.#latest = latest;
    this.#addresses = new PageAddresses(options);
  }

  /**
   * Exports a snapshot of the warehouse before the first notebook reads it, or joins that of another process.
   *
   * @param pool - The owner's.
   */
  static async open(pool: Pool, options: PublicationOptions): Promise<Publication> {
    const snapshot =
      options.snapshot === undefined
        ? await exportSnapshot(pool)
        : importSnapshot(pool, options.snapshot);
    try {
      await options.onSnapshot?.(snapshot.id);
      const slugs = options.sources.map(({ slug }) => slug);
      return new Publication(pool, options, snapshot, await latestRuns(pool, slugs));
    } catch (error) {
      await snapshot.close();
      throw error;
    }
  }

  /** The id of the exported snapshot. */
  get snapshot(): string {
    return this.#snapshot.id;
  }

  /** @throws DaybookError `SNAPSHOT_LOST` when the process that held it is gone. */
  async checkSnapshot(): Promise<void> {
    await this.#snapshot.read(() => Promise.resolve());
  }

  /** Aborted when the snapshot is lost: kernels that start from here on cannot read it. */
  get lost(): AbortSignal {
    return this.#snapshot.lost;
  }

  /** Why a notebook cannot be published: another one has its address. */
  conflict(source: NotebookSource): string | undefined {
    return this.#addresses.conflict(source);
  }

  /** The duration of a notebook's last passed run, in milliseconds; undefined: there is none. */
  expected({ slug }: NotebookSource): number | undefined {
    return this.#latest.get(slug)?.milliseconds ?? undefined;
  }

  /** Why a notebook has to be run, in a few words; undefined: its inputs are unchanged. */
  async reasonToRun(source: NotebookSource, code: CodeInputs): Promise<string | undefined> {
    if (!this.#addresses.isPublished(source)) return 'its runs are not published, so none is kept';
    const earlier = this.#earlier(source);
    const names = Object.keys(earlier?.inputs?.tables ?? {});
    const states = await this.#snapshot.read((client) =>
      relationStates(client, names, this.#options.loadedSchema),
    );
    return reasonToRun(earlier, code, states);
  }

  /**
   * Keeps the run of an unchanged notebook, with the current text and tags.
   *
   * @returns The run's number, and the executed notebook if it is wanted or its text changed.
   */
  async keep(
    source: NotebookSource,
    notebook: Notebook,
    wanted: boolean,
  ): Promise<{ runId: number; document: Notebook | undefined }> {
    const run = this.#latest.get(source.slug);
    const inputs = this.#earlier(source)?.inputs;
    if (run === undefined || inputs == null) throw new Error('there is no run to keep');
    const display = displayDigest(notebook);
    const isShownAnew = display !== inputs.display;
    const stored = wanted || isShownAnew ? await readDocument(this.#pool, run.runId) : undefined;
    const document =
      stored === undefined
        ? undefined
        : executedBefore(notebook, parseNotebook(stored, source.path));
    await confirmRun(
      this.#pool,
      await listedNotebook(source, this.#options.root),
      run.runId,
      await this.#dataOf(inputs.tables),
      document === undefined || !isShownAnew
        ? undefined
        : { document: formatNotebook(document), inputs: { ...inputs, display } },
    );
    return { runId: Number(run.runId), document: document && withPictures(document) };
  }

  /** Publishes a run; resolves to its number, or undefined for notebooks that are not published. */
  async publish(
    source: NotebookSource,
    { run, code, queries, cellAt }: RunToPublish,
  ): Promise<PublishedRun | undefined> {
    if (!this.#addresses.isPublished(source) || !('spec' in source.content)) return undefined;
    if (run.status === 'stopped') return undefined;
    const { root, loadedSchema, logger = silentLogger } = this.#options;
    const read = await this.#snapshot.read((client) =>
      readByRun(queries, cellAt, client, loadedSchema),
    );
    const inputs: NotebookInputs = {
      ...code,
      tables: read.tables,
      unknown: read.unknown,
      display: displayDigest(source.content.notebook),
    };
    const { status, kernel, codeVersion, startedAt, finishedAt, cells } = run;
    const runId = await publishRun(
      this.#pool,
      await listedNotebook(source, root),
      {
        ...{ status, kernel, codeVersion, startedAt, finishedAt, cells },
        document: formatNotebook(withoutPictures(run.document)),
        error: run.failure === undefined ? undefined : errorRecord(run.failure),
        ...{ inputs, queries: read.queries },
      },
      await this.#dataOf(read.tables),
      this.#options.guard,
    );
    if (runId !== undefined) {
      const reads = read.queries.flatMap(({ tables }) => tables);
      return { runId: Number(runId), reads: [...new Set(reads)].sort() };
    }
    logger.warn(
      `${labelOf(source)} is not published: another run at the same time saw newer data and published it`,
    );
    return undefined;
  }

  /** Unpublishes pages of values that cannot be chosen any more, and logs it. */
  async retire(pages: readonly PublishedPage[]): Promise<void> {
    const { logger = silentLogger } = this.#options;
    if (pages.length === 0) return;
    await retirePages(
      this.#pool,
      pages.map(({ slug }) => slug),
    );
    for (const { slug } of pages) {
      logger.info(`${slug} can be chosen no more: its page is taken off the dashboard`);
    }
  }

  /** Unpublishes notebooks of this project whose files are gone, and logs it. */
  async retireMissing(): Promise<void> {
    const { pages, root, logger = silentLogger } = this.#options;
    const missing = pages.filter(({ path }) => !existsSync(resolve(root, path)));
    const isOurs = ({ project }: PublishedPage) => project === null || project === root;
    const ours = missing.filter(isOurs);
    await retirePages(
      this.#pool,
      ours.map(({ slug }) => slug),
    );
    for (const { path, slug } of ours) {
      logger.info(`${path} is gone: the page ${slug} is taken off the dashboard`);
    }
    for (const { path, slug, project } of missing.filter((page) => !isOurs(page))) {
      logger.warn(
        `${path} is not here, but in ${project ?? ''}, which published the page ${slug}: it stays; \`daybook notebooks unpublish ${slug}\` takes it off`,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#snapshot.close();
  }

  #earlier({ slug }: NotebookSource): EarlierRun | undefined {
    return this.#latest.get(slug) as EarlierRun | undefined;
  }

  #dataOf(tables: object): Promise<DataState> {
    return this.#snapshot.read((client) =>
      readDataState(client, Object.keys(tables), this.#options.loadedSchema),
    );
  }
}
