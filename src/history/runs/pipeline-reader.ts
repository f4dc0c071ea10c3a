// Pipeline runs, steps and tasks for the dashboard's pages.

import type { Pool } from 'pg';
import type { Drift } from '../reports/pipeline-report.js';
import type { ListedRun, ListedTask, TaskStatus } from './pipeline-run.js';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { sqlstate, sqlstateOf } from '../../warehouse/query/sqlstate.js';
import { errorColumn, stepsSql, taskSql, tasksSql } from './task-queries.js';

/** A step in a run: a model with its tests, or all files together. */
export interface RunStep {
  readonly runId: string;
  /** A model's id, or `loadStep`. */
  readonly step: string;
  /** The worst status of its tasks. */
  readonly status: TaskStatus;
  readonly rowCount: number | null;
  /** Null: it had nothing to do, or did not end. */
  readonly durationMs: number | null;
  readonly taskCount: number;
}

/** A page of the steps of runs. */
export interface StepPage {
  /** The number of all steps. */
  readonly count: number;
  /** The names in order: failed steps of the newest run first. */
  readonly names: readonly string[];
  /** Their results in each run that has them. */
  readonly steps: readonly RunStep[];
  /** The numbers of failed, blocked and built steps in the newest run. */
  readonly failed: number;
  readonly blocked: number;
  readonly built: number;
}

/** Rejected lines of a reason. */
export interface RejectGroup {
  readonly reason: string;
  /** Their files were refused: they are in no count, and only the first ones are known. */
  readonly isRefused?: boolean;
  readonly count: number;
  readonly samples: readonly {
    readonly sourceFile: string;
    readonly lineNumber: string;
    readonly message: string;
    /** The line, cut to 300 characters; bytes that are not UTF-8 are shown as `�`. */
    readonly text: string;
  }[];
}

/** The reads of each relation, by ids; `undefined` before the first run. */
export type ModelGraph = Readonly<Record<string, readonly string[]>>;

/** Reads the history of the pipeline. All methods reject with Postgres's errors while it is unreachable. */
export interface PipelineReader {
  /** Newest first. */
  readRuns(limit: number): Promise<ListedRun[]>;
  readRun(runId: string): Promise<ListedRun | undefined>;
  /** A page of the steps of runs, from an offset (from 0). */
  readSteps(runIds: readonly string[], from: number, limit: number): Promise<StepPage>;
  /** The tasks of a run in order of their start; beyond `limit` only those that failed or were built. */
  readTasks(runId: string, limit: number): Promise<ListedTask[]>;
  /** A task and its tests, up to `limit`; empty: there is no such task. */
  readTask(runId: string, task: string, limit: number): Promise<ListedTask[]>;
  /** The first new shapes of a run. */
  readDrift(runId: string, limit: number): Promise<Drift[]>;
  /** Lines in quarantine, the most frequent reason first; optionally of one run. */
  readRejects(runId?: string): Promise<RejectGroup[]>;
  /** The graph of the newest run that has one. */
  readGraph(): Promise<ModelGraph>;
}

/** A {@link PipelineReader} on a pool of the reader role. */
export function createPipelineReader(pool: Pool): PipelineReader {
  const read = <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    queryRows<Row>(pool, sql, values).catch((error: unknown) => {
      // Before the first run there are no tables.
      const state = sqlstateOf(error);
      if (state === sqlstate.undefinedTable || state === sqlstate.invalidSchemaName) return [];
      throw error;
    });
  return {
    readRuns: (limit) => read(`${runSql} order by run_id desc limit $1`, [limit]),
    readRun: async (runId) => (await read<ListedRun>(oneRunSql, [runId]))[0],
    readSteps: async (runIds, from, limit) => {
      type Row = RunStep & Omit<StepPage, 'names' | 'steps'>;
      const rows = await read<Row>(stepsSql, [runIds, from, limit]);
      const names = [...new Set(rows.map(({ step }) => step))];
      const { count = 0, failed = 0, blocked = 0, built = 0 } = rows[0] ?? {};
      return { names, steps: rows, count, failed, blocked, built };
    },
    readTasks: (runId, limit) => read(tasksSql, [runId, limit]),
    readTask: (runId, task, limit) => read(taskSql, [runId, task, limit]),
    readDrift: (runId, limit) => read(driftSql, [runId, limit]),
    readRejects: async (runId) =>
      (await read<RejectGroup>(rejectsSql, [runId ?? null])).map((group) => ({
        ...group,
        samples: group.samples.map((sample) => ({
          ...sample,
          text: Buffer.from(sample.text, 'base64').toString(),
        })),
      })),
    readGraph: async () => {
      const [row] = await read<{ graph: ModelGraph }>(graphSql);
      return row?.graph ?? {};
    },
  };
}

const runColumns = `
    run_id::text as "runId", state as status, trigger, code_version as "codeVersion",
    time_zone as "timeZone", started_at as "startedAt", finished_at as "finishedAt", ${errorColumn('error')} as error,
    (summary -> 'lines' ->> 'loaded')::float8 as "linesLoaded",
    (summary -> 'lines' ->> 'rejected')::float8 as "linesRejected",
    summary ->> 'dataThrough' as "dataThrough",
    coalesce(jsonb_array_length(summary -> 'drift'), 0) as "driftCount",
    coalesce(jsonb_array_length(summary -> 'passedOver'), 0) as "passedOverCount",
    coalesce(jsonb_path_query_array(summary, '$.passedOver[0 to 99]'), '[]') as "passedOver",
    summary -> 'notices' as notices,
    (
      select count(*) from ops.task_run where task_run.run_id = pipeline_run.run_id
    )::float8 as "taskCount"`;

const runTables = 'from ops.pipeline_run join ops.pipeline_run_state using (run_id)';

const runSql = `select ${runColumns} ${runTables}`;

/** A warehouse that an older version made has no keys yet. */
const oneRunSql = `
  select ${runColumns}, to_jsonb(pipeline_run) ->> 'run_key' as "runKey"
  ${runTables}
  where run_id = $1`;

const driftSql = `
  select item.source, item.kind, item.name, item.detail, item.file
  from
    ops.pipeline_run
    cross join lateral rows from (
      jsonb_to_recordset(summary -> 'drift')
        as (source text, kind text, name text, detail text, file text)
    ) with ordinality as item (source, kind, name, detail, file, place)
  where run_id = $1
  order by place
  limit $2`;

const rejectsSql = `
  with
    listed as (
      select source_file, line_number, byte_offset, line_count, reason, message, raw, false as refused
      from ops.reject
      where $1::bigint is null or run_id = $1
      union all
      select source_file, line_number, byte_offset, 1, reason, message, raw, true
      from ops.refused_line
      where $1::bigint is null or run_id = $1
    ),
    numbered as (
      select *,
        row_number() over (
          partition by refused, reason order by source_file, line_number, byte_offset
        ) as number
      from listed
    )
  select
    reason,
    refused as "isRefused",
    sum(line_count)::float8 as count,
    json_agg(json_build_object(
      'sourceFile', source_file,
      'lineNumber', line_number::text,
      'message', message,
      'text', encode(substr(raw, 1, 300), 'base64')
    ) order by number) filter (where number <= 5) as samples
  from numbered
  group by refused, reason
  order by refused, 3 desc, reason`;

const graphSql = `
  select graph from ops.pipeline_run where graph is not null order by run_id desc limit 1`;
