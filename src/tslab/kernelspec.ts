// This folder has all that is known of tslab: its start (this file, preload.ts), its type rules (check-cells.ts,
// tslab-program.ts), its failures (reported-error.ts, error-position.ts, compiled-cell.ts), its display (display.ts).

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile } from '../files/package-file.js';

/**
 * How tslab of our own node_modules is started. Its stack traces are long enough to reach the cell's own line,
 * and what it lacks is preloaded (preload.ts).
 */
export function tslabKernelspec() {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('tslab/package.json');
  const main = join(dirname(manifest), 'bin', 'tslab');
  const { version } = require(manifest) as { version: string };
  const preload = pathToFileURL(packageFile('dist/tslab/preload.js'));
  return {
    name: 'tslab',
    displayName: 'TypeScript',
    language: 'typescript',
    argv: [
      process.execPath,
      '--stack-trace-limit=100',
      `--import=${preload.href}`,
      main,
      'kernel',
      '--config-path={connection_file}',
    ],
    env: {},
    interruptMode: 'signal' as const,
    resourceDir: undefined,
    version,
  };
}
