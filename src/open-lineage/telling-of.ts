// Lineage around a run of notebooks, whichever way it ends.

import type { RunEvent, RunReport } from '../notebook/report/run-report.js';
import type { Lineage } from './lineage.js';

/** Runs notebooks and tells of their beginning and end, also of an end by an error. */
export async function tellingOf(
  { onEvent, onEnd }: ReturnType<Lineage['notebooks']>,
  signal: AbortSignal,
  run: (onEvent: (event: RunEvent) => void) => Promise<RunReport>,
): Promise<RunReport> {
  try {
    const report = await run(onEvent);
    onEnd(report, false);
    return report;
  } catch (error) {
    onEnd(undefined, signal.aborted);
    throw error;
  }
}
