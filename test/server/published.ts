import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Cell, JsonObject, Notebook, Output } from '../../src/nbformat/notebook.js';
import { publishRun } from '../../src/publication/publication-writer.js';

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
  title?: string;
  summary?: string;
  position?: number;
  group?: string;
  error?: JsonObject;
  pipelineRunId?: bigint;
}

/** Publishes one run of a notebook; with `error`, one that failed. Returns its number. */
export function publish(
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
  }: PublishOptions = {},
): Promise<bigint> {
  return publishRun(
    owner,
    { slug, path: `notebooks/${slug}.ipynb`, title, summary, position, group },
    {
      status: error === undefined ? 'passed' : 'failed',
      document: typeof document === 'string' ? document : JSON.stringify(document),
      error,
      kernel: { name: 'tslab' },
      codeVersion: 'abc1234',
      startedAt: new Date('2026-11-22T12:00:00Z'),
      finishedAt: new Date('2026-11-22T12:00:04.1Z'),
    },
    { pipelineRunId: pipelineRunId ?? null, dataThrough: '2020-01-01T04:59:59Z' },
  );
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
