// Messages about notebook runs for webhooks.

import { headline } from '../document/failure.js';
import { failedBefore, type NotebookResult, type RunReport } from './run-report.js';

/** A message about a run, as a webhook sends it. */
export interface Notification {
  /** `attention`: nothing failed, but something needs attention. */
  readonly event: 'failed' | 'recovered' | 'attention';
  readonly work: 'notebooks';
  /** One line for people; chat services show it. */
  readonly text: string;
  /** The run's number for `--resume`; undefined: it was not recorded. */
  readonly run: number | undefined;
  readonly failed: readonly { readonly notebook: string; readonly error: string }[];
  readonly recovered: readonly string[];
  readonly notices?: readonly {
    readonly kind: 'stale';
    readonly notebook: string;
    readonly message: string;
  }[];
}

/** The message about pages whose data are older than their notebooks permit. */
export function staleNotification(
  stale: readonly { slug: string; staleAfter: string; dataThrough: string | undefined }[],
): Notification {
  const notices = stale.map(({ slug, staleAfter, dataThrough = 'a time that is not known' }) => ({
    ...{ kind: 'stale' as const, notebook: slug },
    message: `its newest event is from ${dataThrough}; it may be ${staleAfter} old`,
  }));
  const lines = notices.map(({ notebook, message }) => `stale ${notebook}: ${message}`);
  const text = ['data are too old', ...lines].join('\n');
  return {
    ...{ event: 'attention', work: 'notebooks', text, run: undefined },
    ...{ failed: [], recovered: [], notices },
  };
}

/** The message about a run: notebooks failed, or recovered; undefined: neither. */
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
