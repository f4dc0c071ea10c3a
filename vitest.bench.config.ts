import { defineConfig } from 'vitest/config';

/** `npm run bench -- [name]`: the measurements, one after another so that they do not share the cores. */
export default defineConfig({
  test: {
    include: ['bench/**/*.bench.ts'],
    globalSetup: 'test/global-setup.ts',
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    reporters: ['default'],
    silent: false,
    disableConsoleIntercept: true,
  },
});
