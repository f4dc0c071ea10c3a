// Until when a run of a notebook is kept, and so its addresses hold.

import type { NotebookRetention } from './collection-runs.js';
import type { DashboardNotebook, RunSummary } from './publication.js';

/** How long the addresses of a run hold. */
export interface RunHold {
  /** RFC 3339; null: for good. */
  readonly until: string | null;
  readonly isPinned: boolean;
  /** It goes before, too, once so many runs are newer; null: it does not. */
  readonly newerRuns: number | null;
}

/**
 * How long a run is kept: as long as it is pinned, or by the retention. The run that the page shows stays beyond it,
 * until another takes its place.
 */
export function holdOf(
  run: Pick<RunSummary, 'runId' | 'startedAt'>,
  { pinned = {} }: Pick<DashboardNotebook, 'pinned'>,
  { runs, days }: NotebookRetention,
): RunHold {
  const end = new Date(Date.parse(run.startedAt) + days * 86_400_000);
  const pin = pinned[run.runId];
  if (pin === null) return { until: null, isPinned: true, newerRuns: null };
  if (pin !== undefined) return { until: pin, isPinned: true, newerRuns: null };
  // A number of days may be beyond the calendar.
  const until = Number.isNaN(end.getTime()) ? null : end.toISOString();
  return { until, isPinned: false, newerRuns: runs };
}
