import type { Pool } from 'pg';
import type { DaybookError } from '../../errors.js';
import type { Loss } from './limits/notices.js';
import type { SourceFile } from '../extract/files/assign-files.js';
import type { Source } from '../definitions/source.js';
import { toTaskError, type TaskError } from '../../history/task-error.js';
import { readLedger } from '../../history/ledger.js';
import { loadFiles, removeFiles, type LoadFilesOptions } from './load-files.js';
import { planLoad, type LoadPlan } from '../plan/load-plan.js';
import { refusedSource } from './limits/reject-limit.js';
import { refusedRemoval } from './limits/removal-limit.js';
import { beginBaseline, moveBaseline, readBaseline } from '../../history/source-baseline.js';
import type { LimitsOf } from './limits/source-limits.js';
import type { FileReport } from '../../history/pipeline-report.js';
import { countSourceLines } from '../../history/rejects.js';

/** What became of the files, and why nothing may be built on them, if so. */
export interface LoadedFiles {
  readonly files: readonly FileReport[];
  readonly error?: TaskError;
  /** What sources have lost within their limits. */
  readonly losses: readonly Loss[];
}

/**
 * Makes the warehouse hold exactly what the files of all sources hold, as far as the limits allow it. What is
 * beyond a limit stays as it was: a file with its rows of before, and files that are gone until all else is
 * right. When too much would go for certain, nothing is begun at all. What goes is measured by what was there
 * when a run last kept to all limits.
 *
 * @param files - All files of all sources; their tables are there.
 * @param sources - All that are declared.
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
  // Last of all: what takes the place of these files is there.
  const removed = await removeFiles(plan, options);
  const failed = failedFiles(removed);
  if (failed === undefined) await moveBaseline(pool);
  return {
    files: [...removed, ...loaded],
    ...(failed === undefined ? {} : { error: failed }),
    losses: plan.balance.sources
      .map((source) => ({
        source,
        lines: plan.balance.vanished(source),
        before: plan.balance.before(source),
      }))
      .filter(({ lines }) => lines > 0),
  };
}

/** @param kept - Files that were to be taken out, and were not because of these. */
function failedFiles(
  files: readonly FileReport[],
  kept: LoadPlan['gone'] = [],
): TaskError | undefined {
  // In one order, whichever ended first: who is told of it is told once.
  const failed = files
    .filter((file) => file.status === 'failed')
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  const [first] = failed;
  if (first === undefined) return undefined;
  const message = `${failed.length} of the files could not be loaded, so no model was built; ${first.file}: ${first.error?.message ?? ''}${keptWords(kept)}`;
  const hint = first.error?.hint;
  return { code: 'PIPELINE_FAILED', message, ...(hint === undefined ? {} : { hint }) };
}

function keptWords([first, ...others]: LoadPlan['gone']): string {
  if (first === undefined) return '';
  const files = others.length === 0 ? first[0] : `${others.length + 1} files (${first[0]}, …)`;
  return `; nothing was taken out either: the lines of ${files} stay until the others are right`;
}

/** What is wrong with the first source of which too many lines are rejected. */
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
