// What a backfill would do (`daybook backfill --dry-run`): its slices, how much lies in them, how long it may take.

import type { Pool } from 'pg';
import type { Config } from '../../config/config.js';
import { readLedger } from '../../history/files/ledger.js';
import {
  readEarlierTimes,
  readModelExtents,
  type ModelExtent,
} from '../../history/runs/backfill-estimate.js';
import type { BackfillRequest } from '../../history/runs/backfill-record.js';
import { assignFiles } from '../extract/files/assign-files.js';
import { findCopies } from '../extract/files/find-copies.js';
import { surveyFiles } from '../extract/files/survey-files.js';
import { daysOfFile } from '../extract/time/file-date.js';
import { overlaps, type Period } from '../definitions/period.js';
import { selectModels } from '../project/graph.js';
import { readProject } from '../project/read-project.js';
import { slicedModels } from './run-backfill.js';

/** A slice that would be done. */
export interface PlannedSlice extends Period {
  /** Files that are not loaded yet, with a date of the slice in their names; each is counted once. */
  readonly files: number;
  readonly bytes: number;
}

/** What a backfill would do. */
export interface BackfillPlan {
  /** In their order. */
  readonly slices: readonly PlannedSlice[];
  /** Models whose slices would be built again. */
  readonly models: readonly (ModelExtent & {
    /** Rows that would be built, by the part of the days that lies in the period; null: it was never built. */
    readonly rowsWithin: number | null;
  })[];
  /** Models that are built at the end. */
  readonly atEnd: readonly string[];
  /** Files with no date in their names, which an ordinary run loads. */
  readonly undatedFiles: number;
  /** By earlier backfills and runs, in milliseconds; null: there is nothing to go by. */
  readonly expectedMs: number | null;
}

/** Plans a backfill; nothing is written. */
export async function planBackfill(
  pool: Pool,
  config: Config,
  request: BackfillRequest,
  slices: readonly Period[],
): Promise<BackfillPlan> {
  const { sources, models } = await readProject(config.root, config.project.schemas);
  const sliced = slicedModels(models, request.selected);
  const ids = sliced.map(({ id }) => id);
  const whole = { from: request.fromDay, to: request.toDay };
  const patterns = sources.flatMap((source) => source.files);
  const found = await surveyFiles(request.dataDir, patterns, config.storage);
  const ledger = await readLedger(pool);
  const { files } = await findCopies(assignFiles(found.files, sources), ledger);
  const dated = files
    .filter(({ file }) => !ledger.has(file.name) && file.problem === undefined)
    .map(({ file }) => ({ bytes: file.bytes, days: daysOfFile(file.name) }));
  const taken = new Set<object>();
  const planned = slices.map((slice): PlannedSlice => {
    const own = dated.filter(
      (file) => file.days !== undefined && overlaps(file.days, slice) && !taken.has(file),
    );
    for (const file of own) taken.add(file);
    return { ...slice, files: own.length, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
  const bytes = planned.reduce((sum, slice) => sum + slice.bytes, 0);
  const extents = await readModelExtents(pool, ids, whole);
  const { sliceMs, modelsMs, byteMs } = await readEarlierTimes(pool, request.width, ids);
  const eachMs = sliceMs ?? modelsMs;
  const chosen = selectModels(models, request.selected);
  return {
    slices: planned,
    models: extents.map((extent) => ({ ...extent, rowsWithin: rowsWithin(extent) })),
    atEnd: chosen.map(({ id }) => id).filter((id) => !ids.includes(id)),
    undatedFiles: dated.filter(({ days }) => days === undefined).length,
    expectedMs: eachMs === null ? null : Math.round(eachMs * slices.length + (byteMs ?? 0) * bytes),
  };
}

function rowsWithin({ rows, days, daysWithin }: ModelExtent): number | null {
  return rows === null ? null : days === 0 ? 0 : Math.round((rows * daysWithin) / days);
}
