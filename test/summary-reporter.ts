import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a test run with what was left out and why, what failed, and the line `N passed, N failed` that CI reads.
 * A module that could not even be collected, or an error outside any test, counts as failed.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const leftOut = tests.flatMap((test) => {
      const result = test.result();
      if (result.state !== 'skipped') return [];
      return [`  left out: ${nameOf(test)}: ${result.note ?? 'no reason given'}`];
    });
    const failures = [
      ...modules.flatMap((module) => {
        const [error] = module.errors();
        return error === undefined ? [] : [failure(module.relativeModuleId, error)];
      }),
      ...tests.flatMap((test) => {
        const result = test.result();
        return result.state === 'failed' ? [failure(nameOf(test), result.errors[0])] : [];
      }),
      ...unhandledErrors.map((error) => failure('outside of any test', error)),
    ];
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const lines = [''];
    if (leftOut.length > 0) lines.push(`${leftOut.length} tests were left out:`, ...leftOut, '');
    // `.ci/run` finds the block by its first line and its end by the empty one.
    if (failures.length > 0) lines.push(`${failures.length} failures:`, ...failures, '');
    lines.push(`${passed} passed, ${failures.length} failed`, '');
    process.stdout.write(lines.join('\n'));
  }
}

function nameOf(test: { module: TestModule; fullName: string }): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

/** Where something failed, and the first lines of why. */
function failure(where: string, error: unknown): string {
  const { message = String(error) } = (error ?? {}) as { message?: string };
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return [`  ${where}`, ...lines.slice(0, 3).map((line) => `      ${line.slice(0, 200)}`)].join(
    '\n',
  );
}
