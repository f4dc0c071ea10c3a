import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ClientBase, Pool } from 'pg';
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
  type PublishedNotebook,
} from '../../publication/publication-writer.js';
import { retirePages, type PublishedPage } from '../../publication/published-pages.js';
import { nobody } from '../../visibility.js';
import type { QueryRecord } from '../../warehouse/query/query-record.js';
import { relationStates } from '../../history/relation-states.js';
import { exportSnapshot } from '../../warehouse/query/snapshot.js';
import { executedBefore } from '../document/executed-before.js';
import { withoutPictures, withPictures } from '../document/figure-pictures.js';
import { displayDigest, type CodeInputs, type NotebookInputs } from '../plan/notebook-inputs.js';
import { reasonToRun, type EarlierRun } from '../plan/reason-to-run.js';
import { labelOf, lastPosition, type NotebookSource } from '../collection/notebook-source.js';
import { describeValues } from '../collection/parameterize-sources.js';
import { readByRun } from './read-by-run.js';
import { errorRecord, type NotebookRunResult } from '../execute/run-notebook.js';

/** Notebooks below this folder of the project are run, but never published. */
const unpublishedFolder = 'exploration/';

/** A run to publish, with what the page and the next run want to know of it. */
export interface RunToPublish {
  readonly run: NotebookRunResult;
  /** What decided what its code does; undefined: the notebook could not be looked at so far. */
  readonly code: CodeInputs;
  readonly queries: readonly QueryRecord[];
  /** The cell that ran at a moment (milliseconds since 1970). */
  readonly cellAt: (time: number) => number | null;
}

/** The publication of one run of notebooks; all of them read one state of the warehouse. */
export interface Publication extends AsyncDisposable {
  /** The exported snapshot of that state. */
  readonly snapshot: string;
  /** Why this notebook cannot be published: its name is another one's address. */
  conflict(source: NotebookSource): string | undefined;
  /** Milliseconds that the last run of a notebook that passed took; undefined: there is none. */
  expected(source: NotebookSource): number | undefined;
  /** Why a notebook has to be run, in a few words; undefined: nothing that it depends on changed. */
  reason(source: NotebookSource, code: CodeInputs): Promise<string | undefined>;
  /**
   * Leaves the run of an unchanged notebook in place, with the text and tags of now.
   *
   * @returns The run's number, and the executed notebook if it is wanted or shown anew.
   */
  keep(
    source: NotebookSource,
    notebook: Notebook,
    wanted: boolean,
  ): Promise<{ runId: number; document: Notebook | undefined }>;
  /** Publishes a run; resolves to its number, or undefined for notebooks that are not published. */
  publish(source: NotebookSource, run: RunToPublish): Promise<number | undefined>;
  /** Takes notebooks of this project off the dashboard whose files are gone, and says so. */
  retireMissing(): Promise<void>;
}

/** What {@link openPublication} takes beside the pool. */
export interface PublicationOptions {
  /** The project's root, absolute. */
  readonly root: string;
  /** The schema that files are loaded into. */
  readonly loadedSchema: string;
  /** The notebooks of the run. */
  readonly sources: readonly NotebookSource[];
  /** What is on the dashboard. */
  readonly pages: readonly PublishedPage[];
  /** Whether values that have no page yet get one. */
  readonly newPages: boolean;
  readonly logger?: Logger;
}

/**
 * Takes hold of what the warehouse holds before the first notebook reads it.
 *
 * @param pool - The owner's.
 */
export async function openPublication(
  pool: Pool,
  { root, loadedSchema, sources, pages, newPages, logger = silentLogger }: PublicationOptions,
): Promise<Publication> {
  const snapshot = await exportSnapshot(pool);
  try {
    const published = new Map(pages.map((page) => [page.slug, page]));
    const latest = await latestRuns(
      pool,
      sources.map(({ slug }) => slug),
    );
    const isPublished = ({ path, slug, variant }: NotebookSource) =>
      !path.startsWith(unpublishedFolder) && (variant === '' || newPages || published.has(slug));
    const isThere = ({ path, project }: PublishedPage) =>
      existsSync(resolve(project ?? root, path));
    const isOurs = ({ project }: PublishedPage) => project === null || project === root;
    // Kernels end at the same time, and a connection answers one question at a time.
    let turn: Promise<unknown> = Promise.resolve();
    const onSnapshot = <T>(ask: (client: ClientBase) => Promise<T>): Promise<T> => {
      const answer = turn.then(() => ask(snapshot.client));
      turn = answer.catch(() => undefined);
      return answer;
    };
    const dataOf = (tables: object) =>
      onSnapshot((client) => readDataState(client, Object.keys(tables), loadedSchema));
    const earlierOf = (source: NotebookSource) => latest.get(source.slug) as EarlierRun | undefined;
    return {
      snapshot: snapshot.id,
      conflict(source) {
        if (!isPublished(source)) return undefined;
        const first = sources.find((other) => other.slug === source.slug && isPublished(other));
        const known = published.get(source.slug);
        if (first !== undefined && first !== source && first.path === source.path) {
          return sameAddress(source, first.changed);
        }
        const other =
          first !== source
            ? first?.path
            : known !== undefined && known.path !== source.path && isThere(known)
              ? known.path
              : undefined;
        if (other !== undefined) {
          return `${other} has the same name, which is its address on the dashboard: rename one of the two`;
        }
        return known?.parameters != null && isOther(source.changed, known.parameters)
          ? sameAddress(source, known.parameters)
          : undefined;
      },
      expected: ({ slug }) => latest.get(slug)?.milliseconds ?? undefined,
      async reason(source, code) {
        if (!isPublished(source)) return 'its runs are not published, so none is kept';
        const earlier = earlierOf(source);
        const names = Object.keys(earlier?.inputs?.tables ?? {});
        return reasonToRun(
          earlier,
          code,
          await onSnapshot((client) => relationStates(client, names, loadedSchema)),
        );
      },
      async keep(source, notebook, wanted) {
        const run = latest.get(source.slug);
        const inputs = earlierOf(source)?.inputs;
        if (run === undefined || inputs == null) throw new Error('there is no run to keep');
        const display = displayDigest(notebook);
        const isShownAnew = display !== inputs.display;
        const stored = wanted || isShownAnew ? await readDocument(pool, run.runId) : undefined;
        const document =
          stored === undefined
            ? undefined
            : executedBefore(notebook, parseNotebook(stored, source.path));
        await confirmRun(
          pool,
          await listed(source, root),
          run.runId,
          await dataOf(inputs.tables),
          document === undefined || !isShownAnew
            ? undefined
            : { document: formatNotebook(document), inputs: { ...inputs, display } },
        );
        return { runId: Number(run.runId), document: document && withPictures(document) };
      },
      async publish(source, { run, code, queries, cellAt }) {
        if (!isPublished(source) || !('spec' in source.content) || run.status === 'stopped') {
          return undefined;
        }
        const read = await onSnapshot((client) => readByRun(queries, cellAt, client, loadedSchema));
        const inputs: NotebookInputs = {
          ...code,
          tables: read.tables,
          unknown: read.unknown,
          display: displayDigest(source.content.notebook),
        };
        const runId = await publishRun(
          pool,
          await listed(source, root),
          {
            status: run.status,
            document: formatNotebook(withoutPictures(run.document)),
            error: run.failure === undefined ? undefined : errorRecord(run.failure),
            kernel: run.kernel,
            codeVersion: run.codeVersion,
            startedAt: run.startedAt,
            finishedAt: run.finishedAt,
            inputs,
            queries: read.queries,
            cells: run.cells,
          },
          await dataOf(read.tables),
        );
        if (runId === undefined) {
          logger.warn(
            `${labelOf(source)} is not published: another run at the same time saw newer data and published it`,
          );
          return undefined;
        }
        return Number(runId);
      },
      async retireMissing() {
        const missing = pages.filter(({ path }) => !existsSync(resolve(root, path)));
        const ours = missing.filter(isOurs);
        await retirePages(
          pool,
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
      },
      [Symbol.asyncDispose]: () => snapshot.close(),
    };
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

/** Whether a page of these values is not the one for others. */
function isOther(
  values: NotebookSource['changed'],
  page: NonNullable<PublishedPage['parameters']>,
) {
  return Object.entries(values).some(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(page[name]),
  );
}

function sameAddress(
  { slug }: NotebookSource,
  values: NonNullable<PublishedPage['parameters']>,
): string {
  const words = describeValues(values as NotebookSource['changed']);
  return `its page would be ${slug}, which is that of ${words}: choose values that differ in letters or digits`;
}

/** How the dashboard lists a notebook. */
async function listed(source: NotebookSource, project: string): Promise<PublishedNotebook> {
  const { slug, path, content, variantTitle } = source;
  // The parser of markdown takes its time to load; kernels start meanwhile.
  const { summariseNotebook, titleFromSlug } = await import('../../nbformat/notebook-summary.js');
  // What cannot be read does not say who may see it: then it is for nobody.
  const { title, summary, position, group, maxAge, visibility } =
    'spec' in content
      ? summariseNotebook(content.notebook)
      : {
          title: undefined,
          summary: '',
          position: undefined,
          group: '',
          maxAge: undefined,
          visibility: nobody,
        };
  const name = title ?? titleFromSlug(slug.slice(0, slug.length - source.variant.length));
  return {
    ...{ slug, path, project },
    parameters: source.variant === '' ? undefined : source.changed,
    title: variantTitle === '' ? name : `${name} (${variantTitle})`,
    summary,
    position: position ?? lastPosition,
    group,
    maxAge,
    visibility,
  };
}
