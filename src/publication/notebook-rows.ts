// SQL of notebooks with their newest runs.

import { readVisibility } from '../visibility.js';
import type { ChoiceParameter, ChosenValues } from './choice-values.js';
import { inDomain } from './choices.js';
import type { DashboardNotebook, RunError, RunQuery, RunSummary } from './publication.js';

export const runColumns = `
  run.run_id, run.status, run.error, run.code_version, run.pipeline_run_id, run.data_through,
  pipeline_run.time_zone, run.started_at, run.finished_at,
  coalesce(octet_length(run.picture) > 0, false) as has_picture`;
export const runTables = `
  from publication.notebook_run as run
  left join ops.pipeline_run on pipeline_run.run_id = run.pipeline_run_id`;

/**
 * The newest run and the newest one that passed, of each notebook. Its data is outdated when a later pipeline run
 * replaced the rows of a table; runs that changed nothing left all as `unchanged`.
 */
export const notebooksSql = `
  select
    notebook.slug, notebook.title, notebook.summary, notebook.group_name,
    -- A warehouse that an older version made has no such columns yet.
    to_jsonb(notebook) -> 'visibility' as visibility,
    to_jsonb(notebook) -> 'choices' as choices,
    to_jsonb(notebook) ->> 'choice_of' as choice_of,
    to_jsonb(notebook) -> 'choice' as choice,
    to_jsonb(latest) as latest,
    to_jsonb(shown) as shown,
    (
      select max(task_run.run_id)::text
      from ops.task_run
      where task_run.run_id > shown.pipeline_run_id
        and task_run.kind in ('model', 'view')
        and task_run.status = 'passed'
    ) as newer_pipeline_run_id,
    case
      when shown.data_through + notebook.max_age::interval < clock_timestamp() then notebook.max_age
    end as stale_after
  from publication.notebook
  left join lateral (
    select ${runColumns} ${runTables}
    where run.slug = notebook.slug
    order by run.run_id desc limit 1
  ) as latest on true
  left join lateral (
    select ${runColumns} ${runTables}
    where run.slug = notebook.slug and run.status = 'passed'
    order by run.run_id desc limit 1
  ) as shown on true
  where notebook.retired_at is null
  order by notebook.position, notebook.title, notebook.slug`;

/** A row of `notebook_run`; ids are numbers within JSON, and bigint otherwise. */
export interface RunRow {
  run_id: bigint | number;
  status: 'passed' | 'failed';
  error: Record<string, unknown> | null;
  code_version: string | null;
  pipeline_run_id: bigint | number | null;
  data_through: string | null;
  time_zone: string | null;
  started_at: string;
  finished_at: string;
  has_picture: boolean;
}

export interface NotebookRow {
  slug: string;
  title: string;
  summary: string;
  group_name: string;
  visibility: unknown;
  choices: readonly ChoiceParameter[] | null;
  choice_of: string | null;
  choice: ChosenValues | null;
  latest: RunRow | null;
  shown: RunRow | null;
  newer_pipeline_run_id: string | null;
  stale_after: string | null;
}

export function toNotebook(row: NotebookRow): DashboardNotebook {
  return {
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    group: row.group_name,
    visibility: readVisibility(row.visibility),
    shown: row.shown === null ? undefined : toRun(row.shown),
    latest: row.latest === null ? undefined : toRun(row.latest),
    newerPipelineRunId: row.newer_pipeline_run_id ?? undefined,
    staleAfter: row.stale_after ?? undefined,
  };
}

/** The notebooks of the dashboard: pages of choices stand with their notebook. */
export function withChoices(
  rows: readonly NotebookRow[],
  notebooks: readonly DashboardNotebook[],
): DashboardNotebook[] {
  return rows.flatMap((row, index): DashboardNotebook[] => {
    const notebook = notebooks[index];
    if (notebook === undefined || row.choice_of !== null) return [];
    if (row.choices === null) return [notebook];
    const { choices: parameters } = row;
    const states = rows.flatMap(({ choice_of: of, choice: values }, other) => {
      const page = notebooks[other];
      return of === row.slug && values !== null && page !== undefined ? [{ values, page }] : [];
    });
    return [
      { ...notebook, choices: { of: row.slug, parameters, states: inDomain(parameters, states) } },
    ];
  });
}

export function toRun(row: RunRow): RunSummary {
  return {
    runId: String(row.run_id),
    status: row.status,
    error: row.error === null ? undefined : toError(row.error),
    codeVersion: row.code_version ?? undefined,
    pipelineRunId: row.pipeline_run_id === null ? undefined : String(row.pipeline_run_id),
    dataThrough: row.data_through === null ? undefined : toInstant(row.data_through),
    timeZone: row.time_zone ?? undefined,
    startedAt: toInstant(row.started_at),
    finishedAt: toInstant(row.finished_at),
    hasPicture: row.has_picture,
  };
}

function toError(error: Record<string, unknown>): RunError {
  const text = (name: string) => (typeof error[name] === 'string' ? error[name] : '');
  const count = (name: string) =>
    Number.isSafeInteger(error[name]) && Number(error[name]) > 0 ? Number(error[name]) : undefined;
  return {
    cell: count('cell'),
    line: count('line'),
    column: count('column'),
    ename: text('ename'),
    evalue: text('evalue'),
  };
}

/** The queries of a run; entries in another format are left out. */
export function toQueries(queries: unknown): RunQuery[] {
  if (!Array.isArray(queries)) return [];
  return (queries as Partial<Record<string, unknown>>[]).flatMap((query): RunQuery[] => {
    const { sql, parameters, tables, rows, milliseconds, cell } = query;
    if (typeof sql !== 'string') return [];
    const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
    return [
      {
        sql,
        ...(Array.isArray(parameters)
          ? { parameters: parameters.map((value) => (value === null ? null : String(value))) }
          : {}),
        tables: Array.isArray(tables) ? tables.map(String) : [],
        rows: number(rows),
        milliseconds: number(milliseconds) ?? 0,
        cell: number(cell),
      },
    ];
  });
}

/** An instant in UTC; Postgres's JSON may have an offset. */
export function toInstant(text: string): string {
  return new Date(text).toISOString();
}
