// A backfill: past periods loaded and built again, one run after the other, so that other runs come in between.

import type { Pool } from 'pg';
import { DaybookError } from '../../errors.js';
import {
  backfillStopAskedBy,
  beginSlice,
  endSlice,
  findBackfill,
  noteSliceRun,
  takeUpBackfill,
  type Backfill,
  type BackfillSlice,
} from '../../history/runs/backfill-record.js';
import { giveWay } from '../../history/runs/run-lock.js';
import { toTaskError } from '../../history/reports/task-error.js';
import type { PipelineReport } from '../../history/reports/pipeline-report.js';
import { withHeldLock } from '../../warehouse/query/held-lock.js';
import type { Model } from '../definitions/model.js';
import type { PipelineEvent } from '../pipeline-event.js';
import type { RunPipelineOptions } from '../run-options.js';
import { selectModels } from '../project/graph.js';
import { readProject } from '../project/read-project.js';
import { runPipeline } from '../run-pipeline.js';

/** Options of {@link runBackfill}. */
export interface RunBackfillOptions extends Pick<
  RunPipelineOptions,
  'warehouse' | 'config' | 'codeVersion' | 'logger' | 'findMisfits'
> {
  /** The host and the number of this process. */
  readonly process: string;
  /** Concurrent files, and then models. Default: as any run. */
  readonly jobs?: number | undefined;
  readonly signal: AbortSignal;
  /** Called with what a run of a slice tells. */
  readonly onEvent?: (event: PipelineEvent) => void;
  readonly onSlice?: (slice: BackfillSlice, backfill: Backfill) => void;
}

/** So many failed slices end a backfill: the others would fail, too. */
const mostFailures = 3;

/** How often it is looked whether somebody asks for the end, in milliseconds. */
const lookMs = 1000;

/** The models that a backfill builds slice by slice. */
export function slicedModels(models: readonly Model[], selected: readonly string[]): Model[] {
  return selectModels(models, selected).filter(({ incremental }) => incremental !== undefined);
}

/**
 * Does what is left of a backfill. Each slice is a run of the pipeline, which excludes others; between two of them
 * whoever waits comes first.
 *
 * @returns The backfill as it stands then.
 * @throws DaybookError `RUN_BUSY` while another process is at it; `INTERRUPTED`.
 */
export async function runBackfill(id: number, options: RunBackfillOptions): Promise<Backfill> {
  const pool = options.warehouse.owner;
  const isOurs = await withHeldLock(pool, 'backfill', String(id), async (lost) => {
    const stopped = new AbortController();
    const look = setInterval(() => {
      backfillStopAskedBy(pool, id)
        .then((by) => {
          if (by !== undefined) stopped.abort(new DaybookError('INTERRUPTED', `${by} stopped it`));
        })
        .catch(() => undefined);
    }, lookMs);
    const signal = AbortSignal.any([options.signal, lost, stopped.signal]);
    try {
      await takeUpBackfill(pool, id, options.process);
      await doSlices(await findBackfill(pool, String(id)), { ...options, signal });
    } catch (error) {
      // How it stands tells who stopped it.
      if (!stopped.signal.aborted) throw error;
    } finally {
      clearInterval(look);
    }
  });
  if (!isOurs) {
    throw new DaybookError('RUN_BUSY', `another process is at backfill ${id}`, {
      hint: `daybook backfill show ${id} shows how it stands`,
    });
  }
  return findBackfill(pool, String(id));
}

async function doSlices(backfill: Backfill, options: RunBackfillOptions): Promise<void> {
  const { signal } = options;
  let failures = 0;
  for (const slice of backfill.slices) {
    if (slice.status === 'passed') continue;
    signal.throwIfAborted();
    // What reads the slices is built of all of them.
    if (slice.fromDay === null && failures > 0) return;
    const status = await doSlice(backfill, slice, options);
    failures = status === 'passed' ? failures : failures + 1;
    if (failures >= mostFailures) return;
  }
}

async function doSlice(
  backfill: Backfill,
  slice: BackfillSlice,
  options: RunBackfillOptions,
): Promise<BackfillSlice['status']> {
  const { backfillId: id } = backfill;
  const { warehouse, signal } = options;
  const pool = warehouse.owner;
  await giveWay(pool, signal);
  await beginSlice(pool, id, slice.slice);
  const end = await runOf(backfill, slice, options)
    .then(endOf)
    .catch((error: unknown) => ({
      status: isStop(error) || signal.aborted ? ('stopped' as const) : ('failed' as const),
      tasks: {},
      error: toTaskError(error),
      thrown: error,
    }));
  await endSlice(pool, id, slice.slice, end);
  options.onSlice?.({ ...slice, ...end, error: end.error ?? null }, backfill);
  // Whoever cancels the run of a slice means all of it.
  if (end.status === 'stopped' && 'thrown' in end) throw end.thrown;
  return end.status;
}

/** The run of a slice. */
async function runOf(
  { backfillId, selected, dataDir }: Backfill,
  { slice, fromDay, toDay }: BackfillSlice,
  options: RunBackfillOptions,
): Promise<PipelineReport> {
  const { warehouse, config, onEvent } = options;
  const pool: Pool = warehouse.owner;
  const { models } = await readProject(config.root, config.project.schemas);
  const sliced = slicedModels(models, selected);
  const work: Partial<RunPipelineOptions> =
    fromDay === null || toDay === null
      ? { only: 'models', select: selected, findMisfits: options.findMisfits }
      : {
          period: { from: fromDay, to: toDay },
          // What they read has to be there.
          select: sliced.map((model) => `+${model.id}`),
          ...(sliced.length === 0 ? { only: 'load' as const, select: [] } : {}),
        };
  const { codeVersion, jobs, logger, signal } = options;
  return runPipeline({
    ...{ warehouse, config, codeVersion, dataDir, signal },
    ...(jobs === undefined ? {} : { jobs }),
    ...(logger === undefined ? {} : { logger }),
    trigger: `backfill ${backfillId}${fromDay === null ? '' : `, ${fromDay} to ${toDay ?? ''}`}`,
    ...work,
    onEvent: (event) => {
      if (event.type === 'run_started') {
        noteSliceRun(pool, backfillId, slice, event.runId).catch(() => undefined);
      }
      onEvent?.(event);
    },
  });
}

function endOf({ status, files, models, error }: PipelineReport) {
  const hasFailed = files.some((file) => file.status === 'failed');
  const tasks: Record<string, string> = {
    ...(files.length === 0 ? {} : { files: hasFailed ? 'failed' : 'passed' }),
    ...Object.fromEntries(models.map((model) => [model.model, model.status])),
  };
  const cause = error ?? models.find((model) => model.error !== undefined)?.error;
  return { status, tasks, error: cause };
}

function isStop(error: unknown): boolean {
  return error instanceof DaybookError && error.code === 'INTERRUPTED';
}
