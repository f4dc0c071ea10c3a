import { headline } from './failure.js';
import { failedBefore } from './inputs/reason-to-run.js';
import type { NotebookResult, RunReport } from './run-report.js';

/** How long the receiver may take to answer, in milliseconds. */
const patience = 10_000;

/** What is told of a run. */
export interface Notification {
  readonly event: 'failed' | 'recovered';
  /** One line for people; chat services show it. */
  readonly text: string;
  readonly failed: readonly { readonly notebook: string; readonly error: string }[];
  readonly recovered: readonly string[];
}

/**
 * What somebody should be told of a run: that notebooks failed, or that some pass again that had
 * failed before; undefined: nothing.
 */
export function notificationOf({ notebooks }: RunReport): Notification | undefined {
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
    return { event: 'failed', text, failed, recovered };
  }
  if (recovered.length === 0) return undefined;
  return { event: 'recovered', text: `pass again: ${recovered.join(', ')}`, failed, recovered };
}

function hasRecovered({ status, reason }: NotebookResult): boolean {
  return status === 'passed' && reason === failedBefore;
}

/**
 * Posts a notification as JSON.
 *
 * @throws Error when the receiver cannot be reached or refuses it.
 */
export async function notify(url: string, notification: Notification): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(notification),
    signal: AbortSignal.timeout(patience),
  });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
}
