import { mergeConfig } from 'vitest/config';
import config from './vitest.config.js';

/** `npm run release:check`: what installs packages from the network is tried as well, wherever it is run. */
export default mergeConfig(config, { test: { env: { CI: 'true' } } });
