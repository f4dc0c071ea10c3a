// The load step of a run, within the limits of rejected and removed lines.

import type { Pool } from 'pg';
import type { DaybookError } from '../../errors.js';
import type { Loss } from './limits/notices.js';
import type { SourceFile } from '../extract/files/assign-files.js';
import type { Source } from '../definitions/source.js';
import { toTaskError, type TaskError } from '../../history/reports/task-error.js';
import { readLedger } from '../../history/files/ledger.js';
import { loadFiles, removeFiles } from './load-files.js';
import type { LoadFilesOptions } from './load-one.js';
import { planLoad, type LoadPlan } from '../plan/load-plan.js';
import { refusedSource } from './limits/reject-limit.js';
import { refusedRemoval } from './limits/removal-limit.js';
import { beginBaseline, moveBaseline, readBaseline } from '../../history/files/source-baseline.js';
import type { LimitsOf } from './limits/source-limits.js';
import type { FileReport } from '../../history/reports/pipeline-report.js';
import { countSourceLines } from '../../history/rejects/quarantine.js';

/** The results of the files, and the error that forbids building models on them. */
export interface LoadedFiles {
  readonly files: readonly FileReport[];
  readonly error?: TaskError | undefined;
  /** Lines that sources lost within their limits. */
  readonly losses: readonly Loss[];
}

/**
 * Brings the warehouse in line with the files of all sources, as far as the limits allow. Beyond a limit the
 * earlier state stays: a file keeps its rows, and files that are gone stay until everything else is right. When
 * too much would certainly be removed, nothing begins. Removal is measured against the state of the last run that
 * kept all limits.
 *
 * @param files - All files of all sources; their tables exist.
 * @param sources - All declared sources.
 */
export async function loadWithinLimits(
  files: readonly SourceFile[],
  sources: readonly Source[],
  options: LoadFilesOptions,
): Promise<LoadedFiles> {
  const { pool, limitsOf } = options;
  await beginBaseline(pool);
  const baseline = await readBaseline(pool);
  const ledger = await readLedger(pool);
  const plan = planLoad(files, ledger, sources, options.fullRefresh, baseline);
  const refused = refusedRemoval(plan, limitsOf);
  if (refused !== undefined) return { files: [], error: toTaskError(refused), losses: [] };
  const loaded = await loadFiles(plan, options);
  const error = failedFiles(loaded, plan.gone);
  if (error !== undefined) return { files: loaded, error, losses: [] };
  const beyond = (await firstRefused(pool, plan, limitsOf)) ?? refusedRemoval(plan, limitsOf, true);
  if (beyond !== undefined) return { files: loaded, error: toTaskError(beyond), losses: [] };
  // Last of all, after the replacements of these files are loaded.
  const removed = await removeFiles(plan, options);
  const failed = failedFiles(removed);
  if (failed === undefined) await moveBaseline(pool);
  return {
    files: [...removed, ...loaded],
    error: failed,
    losses: plan.balance.sources
      .map((source) => ({
        source,
        lines: plan.balance.lost(source),
        before: plan.balance.before(source),
      }))
      .filter(({ lines }) => lines > 0),
  };
}

/** @param kept - Files that were not removed because of these failures. */
function failedFiles(
  files: readonly FileReport[],
  kept: LoadPlan['gone'] = [],
): TaskError | undefined {
  // A fixed order, because notifications are sent once for each error.
  const failed = files
    .filter((file) => file.status === 'failed')
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  const [first] = failed;
  if (first === undefined) return undefined;
  const message = `${failed.length} of the files could not be loaded, so no model was built; ${first.file}: ${first.error?.message ?? ''}${keptNote(kept)}`;
  const hint = first.error?.hint;
  return { code: 'PIPELINE_FAILED', message, ...(hint === undefined ? {} : { hint }) };
}

function keptNote([first, ...others]: LoadPlan['gone']): string {
  if (first === undefined) return '';
  const files = others.length === 0 ? first[0] : `${others.length + 1} files (${first[0]}, …)`;
  return `; nothing was taken out either: the lines of ${files} stay until the others are right`;
}

/** The problem of the first source with too many rejected lines. */
async function firstRefused(
  pool: Pool,
  { gone }: LoadPlan,
  limitsOf: LimitsOf,
): Promise<DaybookError | undefined> {
  const names = gone.map(([name]) => name);
  for (const [source, read] of await countSourceLines(pool, names)) {
    const refused = refusedSource(limitsOf(source).sourceRejects, source, read);
    if (refused !== undefined) return refused;
  }
  return undefined;
}
