import { foundBy, type TestFailure } from '../../history/task-error.js';

/** The tests that failed, each with the first of its failing rows as JSON. */
export function failureLines(failures: readonly TestFailure[]): string[] {
  return failures.flatMap((failure) => [
    `-- ${failure.test}: ${foundBy(failure)}, the first of them:`,
    ...failure.rows.map((row) => `--   ${JSON.stringify(row)}`),
  ]);
}
