import { formatCount } from '../../text/amounts.js';
import type { TestFailure } from '../../history/task-error.js';

/** The tests that failed, each with the first of its failing rows as JSON. */
export function failureLines(failures: readonly TestFailure[]): string[] {
  return failures.flatMap(({ test, count, found, rows }) => [
    `-- ${test}: ${found ?? `${formatCount(count)} rows`}, the first of them:`,
    ...rows.map((row) => `--   ${JSON.stringify(row)}`),
  ]);
}
