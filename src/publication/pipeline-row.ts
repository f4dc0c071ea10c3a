// The state of the pipeline, as pages show it.

import type { Notice } from '../history/reports/pipeline-report.js';
import { toInstant } from './notebook-rows.js';
import type { PipelineProblem, PipelineState } from './publication.js';

/** The newest run that ended, also while another one is in progress. */
const endedSql = `
  select json_build_object(
    'runId', ended.run_id::text, 'status', ended.status, 'error', ended.error,
    'notices', ended.summary -> 'notices',
    'codes', jsonb_path_query_array(ended.summary, '$.files[*].error.code'),
    'models', jsonb_path_query_array(ended.summary, '$.models[*] ? (@.status == "failed")')
  )
  from ops.pipeline_run as ended
  where ended.status in ('passed', 'failed')
    and coalesce(ended.error ->> 'code' not in ('RUN_DIED', 'INTERRUPTED'), true)
  order by ended.run_id desc limit 1`;

export const pipelineSql = `
  select
    run.run_id, state.state as status, run.started_at, run.finished_at,
    count(task_run) as task_count,
    count(task_run) filter (where task_run.status not in ('pending', 'running')) as done_count,
    coalesce(jsonb_array_length(run.summary -> 'drift'), 0) as drift_count,
    coalesce(jsonb_array_length(run.summary -> 'passedOver'), 0) as passed_over_count,
    coalesce(jsonb_path_query_array(run.summary, '$.passedOver[0 to 99]'), '[]') as passed_over,
    (${endedSql}) as ended
  from ops.pipeline_run as run
  join ops.pipeline_run_state as state using (run_id)
  left join ops.task_run using (run_id)
  where run.run_id = (select max(run_id) from ops.pipeline_run)
  group by run.run_id, state.state`;

export interface PipelineRow {
  run_id: bigint;
  status: PipelineState['status'];
  started_at: string;
  finished_at: string | null;
  task_count: bigint;
  done_count: bigint;
  drift_count: number;
  passed_over_count: number;
  passed_over: { file: string; reason: string }[];
  ended: EndedRow | null;
}

/** The newest run that ended, as JSON. */
interface EndedRow {
  runId: string;
  status: 'passed' | 'failed';
  error: { code?: string; message?: string; hint?: string } | null;
  notices: Notice[] | null;
  codes: string[] | null;
  models: { model: string; error?: { code?: string; message?: string } }[] | null;
}

export function toPipeline(row: PipelineRow): PipelineState {
  return {
    runId: String(row.run_id),
    status: row.status,
    startedAt: toInstant(row.started_at),
    finishedAt: row.finished_at === null ? undefined : toInstant(row.finished_at),
    taskCount: Number(row.task_count),
    doneCount: Number(row.done_count),
    driftCount: row.drift_count,
    filesNotRead: row.passed_over,
    filesNotReadCount: row.passed_over_count,
    problem: row.ended === null ? undefined : toProblem(row.ended),
    // Not everybody who reads the home page may see each notebook.
    notices:
      row.ended?.status === 'passed'
        ? (row.ended.notices ?? []).filter(({ kind }) => kind !== 'query')
        : [],
  };
}

function toProblem({ runId, status, error, codes, models }: EndedRow): PipelineProblem | undefined {
  if (status !== 'failed') return undefined;
  const failed = models ?? [];
  const [first] = failed;
  const own = error?.code ?? first?.error?.code ?? 'PIPELINE_FAILED';
  // The errors of files are more specific than that of the run.
  const code = own === 'PIPELINE_FAILED' ? (codes?.[0] ?? own) : own;
  const ofModels = `${failed.length} of the models failed; ${first?.model ?? ''}: ${first?.error?.message ?? ''}`;
  return {
    ...{ runId, code, hint: error?.hint, isWhole: error !== null },
    message: error?.message ?? ofModels,
  };
}
