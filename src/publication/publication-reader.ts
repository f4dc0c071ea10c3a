// Reading of published notebooks for the dashboard.

import pLimit from 'p-limit';
import type { Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../warehouse/query/sqlstate.js';
import {
  notebooksSql,
  runColumns,
  runTables,
  toNotebook,
  toQueries,
  toRun,
  withChoices,
  type NotebookRow,
  type RunRow,
} from './notebook-rows.js';
import { readPinnedRuns } from './pinned-runs.js';
import { pipelineSql, toPipeline, type PipelineRow } from './pipeline-row.js';
import type { ExecutedRun, Publication, RunQuery, RunSummary } from './publication.js';

/** Reads the publication. All methods reject with Postgres's errors while it is unreachable. */
export interface PublicationReader {
  /** The state of all notebooks and of the pipeline; empty without tables. */
  readPublication(): Promise<Publication>;
  /** The last runs of a notebook, newest first. */
  readRuns(slug: string, limit: number): Promise<RunSummary[]>;
  /** The executed notebook of a run; undefined when the notebook has no such run. */
  readRun(slug: string, runId: string): Promise<ExecutedRun | undefined>;
  /** The queries of runs, by run id. */
  readQueries(runIds: readonly string[]): Promise<Map<string, RunQuery[]>>;
  /** The preview image of a run as PNG; undefined: none. */
  readPicture(slug: string, runId: string): Promise<Buffer | undefined>;
  /** Resolves when the warehouse is reachable. */
  ping(): Promise<void>;
}

/** The size of a part of a document in bytes: other requests are answered between two parts. */
const partBytes = 512 * 1024;

/** The parts of a document; no row: there is no such run. */
const documentSql = `with run as materialized (
  select convert_to(document, 'UTF8') as document
  from publication.notebook_run
  where slug = $1 and run_id = $2
)
select substring(document from start for $3) as part
from run, generate_series(1, greatest(octet_length(document), 1), $3) as start
order by start`;

/** A {@link PublicationReader} on a pool of the reader role. */
export function createPublicationReader(pool: Pool): PublicationReader {
  // Postgres unpacks a large document at the priority of everything that it answers: one at a time.
  const inTurn = pLimit(1);
  return {
    readPublication: async () => {
      try {
        const [notebooks, pipeline, pins] = await Promise.all([
          queryRows<NotebookRow>(pool, notebooksSql),
          queryRows<PipelineRow>(pool, pipelineSql),
          readPinnedRuns(pool),
        ]);
        const [state] = pipeline.map(toPipeline);
        const heldBy = state?.problem?.isWhole === true ? state.problem.runId : undefined;
        return {
          notebooks: withChoices(
            notebooks,
            notebooks.map((row) => ({
              ...toNotebook(row),
              heldBy,
              pinned: Object.fromEntries(
                pins
                  .filter(({ slug }) => slug === row.slug)
                  .map(({ runId, until = null }) => [runId, until]),
              ),
            })),
          ),
          pipeline: state,
        };
      } catch (error) {
        // Before the first run there are no tables.
        if (isUnprepared(error)) return { notebooks: [], pipeline: undefined };
        throw error;
      }
    },
    readRuns: async (slug, limit) => {
      const rows = await queryRows<RunRow>(
        pool,
        `select ${runColumns} ${runTables} where run.slug = $1 order by run.run_id desc limit $2`,
        [slug, limit],
      );
      return rows.map(toRun);
    },
    readRun: async (slug, runId) => {
      const [[row], document] = await Promise.all([
        queryRows<RunRow & { queries: unknown }>(
          pool,
          `select ${runColumns}, run.queries ${runTables}
          where run.slug = $1 and run.run_id = $2`,
          [slug, runId],
        ),
        inTurn(() => queryRows<{ part: Buffer }>(pool, documentSql, [slug, runId, partBytes])),
      ]);
      // It may have been deleted in between.
      if (row === undefined || document.length === 0) return undefined;
      return {
        ...{ run: toRun(row), queries: toQueries(row.queries) },
        document: document.map(({ part }) => part),
      };
    },
    readQueries: async (runIds) => {
      const rows = await queryRows<{ run_id: bigint; queries: unknown }>(
        pool,
        'select run_id, queries from publication.notebook_run where run_id = any($1::bigint[])',
        [runIds],
      );
      return new Map(rows.map((row) => [String(row.run_id), toQueries(row.queries)]));
    },
    readPicture: async (slug, runId) => {
      const [row] = await queryRows<{ picture: Buffer }>(
        pool,
        `select picture from publication.notebook_run
        where slug = $1 and run_id = $2 and octet_length(picture) > 0`,
        [slug, runId],
      );
      return row?.picture;
    },
    ping: async () => {
      await queryRows(pool, 'select 1');
    },
  };
}

function isUnprepared(error: unknown): boolean {
  const state = sqlstateOf(error);
  return state === sqlstate.undefinedTable || state === sqlstate.invalidSchemaName;
}

/** The executed notebook of a run as published, and its path; undefined: there is no such run. */
export async function readRunDocument(
  pool: Pool,
  runId: string,
): Promise<{ document: string; path: string } | undefined> {
  const [found] = await queryRows<{ document: string; path: string }>(
    pool,
    `select document, path from publication.notebook_run join publication.notebook using (slug)
    where run_id = $1`,
    [runId],
  );
  return found;
}
