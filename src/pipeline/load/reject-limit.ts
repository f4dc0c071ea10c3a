import { DaybookError } from '../../errors.js';
import type { RejectCounts } from '../pipeline-event.js';

/** How many rejected lines a run may have: a number of lines, or a share of all lines in percent. */
export type RejectLimit = { readonly lines: number } | { readonly percent: number };

/**
 * Reads `100` or `0.5%`.
 *
 * @throws DaybookError `USAGE` for anything else.
 */
export function parseRejectLimit(text: string): RejectLimit {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text);
  const value = Number(match?.[1]);
  if (match?.[2] === '%' && value <= 100) return { percent: value };
  if (match?.[2] === '' && Number.isSafeInteger(value)) return { lines: value };
  throw new DaybookError(
    'USAGE',
    `--max-rejects: "${text}" is no number of lines and no percentage`,
    {
      hint: 'like --max-rejects 100 or --max-rejects 0.5%',
    },
  );
}

/**
 * Holds the quarantine against the limit. Blank lines are listed there but hurt nobody, so they do
 * not count.
 *
 * @param rejects - The whole quarantine: what would be published lacks all of these lines, whichever
 *   run read them.
 * @param lines - All lines of all files.
 * @throws DaybookError `REJECTS_EXCEEDED`.
 */
export function checkRejects(limit: RejectLimit, rejects: RejectCounts, lines: number): void {
  const counted = Object.entries(rejects).filter(([reason]) => reason !== 'blank_line');
  const rejected = counted.reduce((sum, [, count]) => sum + count, 0);
  const isExceeded =
    'lines' in limit ? rejected > limit.lines : rejected * 100 > limit.percent * lines;
  if (!isExceeded) return;
  const allowed = 'lines' in limit ? `${limit.lines}` : `${limit.percent}%`;
  const reasons = counted.map(([reason, count]) => `${count} ${reason}`);
  throw new DaybookError(
    'REJECTS_EXCEEDED',
    `${rejected} of ${lines} lines are rejected (${reasons.join(', ')}), ${allowed} are allowed`,
    { hint: 'no model was built; daybook rejects list shows the lines' },
  );
}
