import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { coverageFloors } from './test/coverage-floors.js';
import { HeavyFirst } from './test/heavy-files.js';
import { SummaryReporter } from './test/summary-reporter.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/global-setup.ts',
    // Files share a process, and what they import is read once: each leaves the process as it found it.
    isolate: false,
    // Two for each processor: a file often waits for a server, a kernel or a browser.
    maxWorkers: availableParallelism() * 2,
    // Files that follow each other leave much behind: with more room for what is young, less of it is looked at again.
    execArgv: ['--min-semi-space-size=16', '--max-semi-space-size=64'],
    sequence: { sequencer: HeavyFirst },
    tags: [{ name: 'heavy', description: 'Starts browsers, kernels, servers or builds.' }],
    // Real servers, kernels and browsers start slowly on a busy machine; conditions end the waiting.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 30_000 } },
    restoreMocks: true,
    // With `--coverage`.
    coverage: {
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: coverageFloors,
    },
    reporters: ['default', new SummaryReporter()],
  },
});
