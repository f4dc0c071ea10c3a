import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a test run with what was left out and why, and the line `N passed, N failed` that CI reads.
 * A module that could not even be collected, or an error outside any test, counts as failed.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const leftOut = tests.filter((test) => test.result().state === 'skipped');

    const lines = leftOut.map((test) => {
      const result = test.result();
      const reason = result.state === 'skipped' ? result.note : undefined;
      return `  left out: ${test.module.relativeModuleId} > ${test.fullName}: ${reason ?? 'no reason given'}`;
    });
    if (lines.length > 0) lines.unshift('', `${leftOut.length} tests were left out:`);
    const failed = count('failed') + broken + unhandledErrors.length;
    lines.push('', `${count('passed')} passed, ${failed} failed`, '');
    process.stdout.write(lines.join('\n'));
  }
}
