// Lineage of a run of notebooks, from its start to its end or error.

import type { RunEvent, RunReport } from '../notebook/report/run-report.js';
import type { Lineage } from './lineage.js';

/**
 * Runs notebooks, and sends the events of their run.
 *
 * @throws What the run throws, after the event of its failure.
 */
export async function withLineage(
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
