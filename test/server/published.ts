import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Cell, JsonObject, Notebook, Output } from '../../src/nbformat/notebook.js';
import type { ChoiceParameter, ChosenValues } from '../../src/publication/choice-values.js';
import { publishRun } from '../../src/publication/publication-writer.js';
import type { Visibility } from '../../src/visibility.js';

/** An executed notebook with prose, metrics, three charts, tables, streams and JSON. */
export const churnNotebook = readFileSync(
  join(import.meta.dirname, '../input/customer-churn.ipynb'),
  'utf8',
);

/** A notebook of these cells. */
export function notebookOf(cells: readonly Cell[], metadata: JsonObject = {}): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript' }, ...metadata },
    cells: [...cells],
  };
}

let cellCount = 0;

/** A cell of prose. */
export function prose(source: string): Cell {
  return { cell_type: 'markdown', id: `cell-${(cellCount += 1)}`, metadata: {}, source };
}

/** A cell of code with these outputs. */
export function code(source: string, outputs: Output[] = [], metadata: JsonObject = {}): Cell {
  const id = `cell-${(cellCount += 1)}`;
  return { cell_type: 'code', id, metadata, execution_count: 1, source, outputs };
}

/** An output in these representations. */
export function display(data: JsonObject, metadata: JsonObject = {}): Output {
  return { output_type: 'display_data', data, metadata };
}

/** What differs from a run that passed a minute ago. */
export interface PublishOptions {
  visibility?: Visibility;
  title?: string;
  summary?: string;
  position?: number;
  group?: string;
  error?: JsonObject;
  pipelineRunId?: bigint;
  queries?: readonly object[];
  maxAge?: string;
  choices?: readonly ChoiceParameter[];
  state?: { of: string; values: ChosenValues };
}

/** Publishes one run of a notebook; with `error`, one that failed. Returns its number. */
export async function publish(
  owner: Pool,
  slug: string,
  document: string | Notebook,
  {
    title = slug,
    summary = '',
    position = 0,
    group = '',
    error,
    pipelineRunId,
    queries,
    maxAge,
    visibility,
    choices,
    state,
  }: PublishOptions = {},
): Promise<bigint> {
  const runId = await publishRun(
    owner,
    {
      ...{ slug, path: `notebooks/${slug}.ipynb`, title, summary, position, group, maxAge },
      ...{ visibility, choices, state },
    },
    {
      status: error === undefined ? 'passed' : 'failed',
      document: typeof document === 'string' ? document : JSON.stringify(document),
      error,
      kernel: { name: 'tslab' },
      codeVersion: 'abc1234',
      startedAt: new Date('2026-11-22T12:00:00Z'),
      finishedAt: new Date('2026-11-22T12:00:04.1Z'),
      ...(queries === undefined ? {} : { queries }),
    },
    { pipelineRunId: pipelineRunId ?? null, dataThrough: '2020-01-01T04:59:59Z' },
  );
  return runId ?? 0n;
}

/** The advisory lock of the pipeline, which `ops.pipeline_run_state` looks for. */
const lockKey = '28253295417356139';

/** Holds the lock that whoever runs the pipeline holds: without it a run is taken for dead. Returns what lets it go. */
export async function holdPipelineLock(owner: Pool): Promise<() => Promise<void>> {
  const client = await owner.connect();
  await client.query('select pg_advisory_lock($1)', [lockKey]);
  return async () => {
    await client.query('select pg_advisory_unlock($1)', [lockKey]);
    client.release();
  };
}

/** Adds a pipeline run with one task for each of these models. Returns its number. */
export async function addPipelineRun(
  owner: Pool,
  status: 'running' | 'passed' | 'failed',
  models: Readonly<Record<string, string>> = {},
): Promise<bigint> {
  const { rows } = await owner.query<{ run_id: bigint }>(
    `insert into ops.pipeline_run (trigger, status, data_dir, time_zone, finished_at)
    values ('test', $1, 'data', 'America/Toronto', case when $1 <> 'running' then now() end)
    returning run_id`,
    [status],
  );
  const runId = rows[0]?.run_id ?? 0n;
  for (const [task, taskStatus] of Object.entries(models)) {
    await owner.query(
      `insert into ops.task_run (run_id, task, kind, status) values ($1, $2, 'model', $3)`,
      [runId, task, taskStatus],
    );
  }
  return runId;
}

/**
 * A warehouse with one table that a pipeline run made of one file, rejected lines, and a second run in
 * which a data test failed. Returns the numbers of the two runs.
 */
export async function addPipelineHistory(owner: Pool): Promise<readonly [bigint, bigint]> {
  await owner.query(`
    drop table if exists gold.monthly_churn;
    create table gold.monthly_churn (month date not null, churned integer);
    comment on table gold.monthly_churn is 'One row for each month: read \`silver.month\`. More.';
    comment on column gold.monthly_churn.churned is 'Customers who <b>left</b>';
    insert into gold.monthly_churn values ('2019-01-01', 7), ('2019-02-01', null)`);
  const graph = { 'gold.monthly_churn': ['bronze.log_event', 'bronze.report_parameter'] };
  const failures = [
    { test: 'not_null(churned)', count: 21, rows: [{ month: '<i>', churned: null }] },
  ];
  const runs: bigint[] = [];
  for (const status of ['passed', 'failed']) {
    const { rows } = await owner.query<{ run_id: bigint }>(
      `insert into ops.pipeline_run
        (trigger, status, data_dir, time_zone, graph, summary, code_version, finished_at)
      values ('command', $1, 'data', 'America/Toronto', $2, $3, 'abc1234', now() + interval '2 s')
      returning run_id`,
      [
        status,
        graph,
        { lines: { loaded: 12345, rejected: 2 }, dataThrough: '2020-01-01T04:59:59Z' },
      ],
    );
    const runId = rows[0]?.run_id ?? 0n;
    runs.push(runId);
    const error = { code: 'TEST_FAILED', message: 'failed: not_null(churned)', failures };
    await owner.query(
      `insert into ops.task_run
        (run_id, task, kind, status, row_count, sql, error, started_at, finished_at)
      values
        ($1, 'load:a.log', 'load', 'passed', 12345, 'copy bronze.log_event from stdin', null, now(), now() + interval '1 s'),
        ($1, 'gold.monthly_churn', 'model', $2, 2, 'select month -- </script>', $3, now(), now() + interval '40 ms'),
        ($1, 'gold.monthly_churn:not_null(churned)', 'test', $2, $4, 'select 1', null, now(), now())`,
      [runId, status, status === 'failed' ? error : null, status === 'failed' ? 21 : 0],
    );
  }
  await owner.query(
    `insert into ops.source_file
      (source, source_file, definition, sha256, bytes, line_count, loaded_count, rejected_count, run_id)
    values ('log_event', 'a.log', '', '\\x00', 100, 12347, 12345, 2, $1)`,
    [runs[0]],
  );
  await owner.query(
    `insert into ops.reject
      (source_file, line_number, byte_offset, reason, message, raw, run_id)
    values
      ('a.log', 3, 20, 'invalid_json', 'unexpected end', '\\x7b3c7363726970743e', $1),
      ('a.log', 9, 90, 'invalid_utf8', 'byte 2', '\\x61ff', $1)`,
    [runs[0]],
  );
  return [runs[0] ?? 0n, runs[1] ?? 0n];
}
