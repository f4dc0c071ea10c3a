import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Pool } from 'pg';
import { titleFromSlug } from '../nbformat/notebook-summary.js';
import { formatNotebook } from '../nbformat/write-notebook.js';
import {
  publishedPaths,
  publishRun,
  readDataState,
  retireNotebooks,
} from '../publication/publication-writer.js';
import { lastPosition, type NotebookSource } from './notebook-source.js';
import { errorRecord, type NotebookRunResult } from './run-notebook.js';

/** Notebooks below this folder of the project are run, but never published. */
const unpublishedFolder = 'exploration/';

/** The publication of one run of notebooks. */
export interface Publication {
  /** Why this notebook cannot be published: its name is another one's address. */
  conflict(source: NotebookSource): string | undefined;
  /** Publishes a run; resolves to its number, or undefined for notebooks that are not published. */
  publish(source: NotebookSource, run: NotebookRunResult): Promise<number | undefined>;
  /** Takes notebooks off the dashboard whose files are gone. */
  retireMissing(): Promise<void>;
}

/**
 * Notes what the warehouse holds before the first notebook reads it.
 *
 * @param pool - The owner's.
 * @param sources - The notebooks of the run.
 */
export async function openPublication(
  pool: Pool,
  root: string,
  sources: readonly NotebookSource[],
): Promise<Publication> {
  const [data, published] = await Promise.all([readDataState(pool), publishedPaths(pool)]);
  const isPublished = ({ path }: NotebookSource) => !path.startsWith(unpublishedFolder);
  const isThere = (path: string) => existsSync(resolve(root, path));
  return {
    conflict(source) {
      if (!isPublished(source)) return undefined;
      const first = sources.find((other) => other.slug === source.slug && isPublished(other));
      const known = published.get(source.slug);
      const other =
        first !== source
          ? first?.path
          : known !== source.path && isThere(known ?? '')
            ? known
            : undefined;
      return other === undefined
        ? undefined
        : `${other} has the same name, which is its address on the dashboard: rename one of the two`;
    },
    async publish(source, run) {
      if (!isPublished(source) || !('summary' in source.content) || run.status === 'stopped') {
        return undefined;
      }
      const { title, summary, position, group } = source.content.summary;
      const runId = await publishRun(
        pool,
        {
          slug: source.slug,
          path: source.path,
          title: title ?? titleFromSlug(source.slug),
          summary,
          position: position ?? lastPosition,
          group,
        },
        {
          status: run.status,
          document: formatNotebook(run.document),
          error: run.failure === undefined ? undefined : errorRecord(run.failure),
          kernel: run.kernel,
          codeVersion: run.codeVersion,
          startedAt: run.startedAt,
          finishedAt: run.finishedAt,
        },
        data,
      );
      return Number(runId);
    },
    retireMissing: () =>
      retireNotebooks(
        pool,
        [...published].filter(([, path]) => !isThere(path)).map(([slug]) => slug),
      ),
  };
}
