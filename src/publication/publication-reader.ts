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
  type NotebookRow,
  type RunRow,
} from './notebook-rows.js';
import { pipelineSql, toPipeline, type PipelineRow } from './pipeline-row.js';
import type { ExecutedRun, Publication, RunQuery, RunSummary } from './publication.js';

/** Reads what is published. All methods reject with Postgres's own errors while it is away. */
export interface PublicationReader {
  /** The state of all notebooks and of the pipeline. Empty before the warehouse has its tables. */
  readPublication(): Promise<Publication>;
  /** The last runs of a notebook, newest first. */
  readRuns(slug: string, limit: number): Promise<RunSummary[]>;
  /** The executed notebook of one run; undefined when that notebook has no such run. */
  readRun(slug: string, runId: string): Promise<ExecutedRun | undefined>;
  /** What runs asked the warehouse, by their numbers. */
  readQueries(runIds: readonly string[]): Promise<Map<string, RunQuery[]>>;
  /** The picture of a run's main chart as PNG; undefined: none was made. */
  readPicture(slug: string, runId: string): Promise<Buffer | undefined>;
  /** Answers when the warehouse can be reached. */
  ping(): Promise<void>;
}

/** The size of the parts in which a document is read: other requests are answered between two of them. */
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

/** A {@link PublicationReader} on a pool of the reader's role. */
export function createPublicationReader(pool: Pool): PublicationReader {
  return {
    readPublication: async () => {
      try {
        const [notebooks, pipeline] = await Promise.all([
          queryRows<NotebookRow>(pool, notebooksSql),
          queryRows<PipelineRow>(pool, pipelineSql),
        ]);
        const [state] = pipeline.map(toPipeline);
        const heldBy = state?.problem?.isWhole === true ? state.problem.runId : undefined;
        return {
          notebooks: notebooks.map((row) => ({ ...toNotebook(row), heldBy })),
          pipeline: state,
        };
      } catch (error) {
        // A server that starts first finds no tables yet: nothing is published.
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
        queryRows<{ part: Buffer }>(pool, documentSql, [slug, runId, partBytes]),
      ]);
      // It may have been removed between the two.
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
