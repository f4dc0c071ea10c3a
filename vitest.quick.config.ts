import { join } from 'node:path';
import { mergeConfig } from 'vitest/config';
import { heavyFiles } from './test/heavy-files.js';
import config from './vitest.config.js';

/** `npm run test:quick`: the tests of files that start no browser, kernel, server or build. */
export default mergeConfig(config, {
  test: { exclude: heavyFiles(join(import.meta.dirname, 'test')) },
});
