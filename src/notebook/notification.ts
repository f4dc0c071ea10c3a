import { headline } from './failure.js';
import { failedBefore } from './inputs/reason-to-run.js';
import type { NotebookResult, RunReport } from './run-report.js';

/** What is told of a run. */
export interface Notification {
  readonly event: 'failed' | 'recovered';
  readonly work: 'notebooks';
  /** One line for people; chat services show it. */
  readonly text: string;
  /** The number of the run, as `--resume` takes it; undefined: it was not kept. */
  readonly run: number | undefined;
  readonly failed: readonly { readonly notebook: string; readonly error: string }[];
  readonly recovered: readonly string[];
}

/**
 * What somebody should be told of a run: that notebooks failed, or that some pass again that had
 * failed before; undefined: nothing.
 */
export function notificationOf({ notebooks, run }: RunReport): Notification | undefined {
  const failed = notebooks
    .filter(({ status }) => status === 'failed')
    .map(({ path, failure }) => ({
      notebook: path,
      error: failure === undefined ? '' : headline(failure),
    }));
  const recovered = notebooks.filter(hasRecovered).map(({ path }) => path);
  if (failed.length > 0) {
    const lines = failed.map(({ notebook, error }) => `${notebook}: ${error}`);
    const text = `${failed.length} of ${notebooks.length} notebooks failed\n${lines.join('\n')}`;
    return { event: 'failed', work: 'notebooks', text, run, failed, recovered };
  }
  if (recovered.length === 0) return undefined;
  const text = `pass again: ${recovered.join(', ')}`;
  return { event: 'recovered', work: 'notebooks', text, run, failed, recovered };
}

function hasRecovered({ status, reason }: NotebookResult): boolean {
  return status === 'passed' && reason === failedBefore;
}
