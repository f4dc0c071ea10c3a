// This folder is the adapter for tslab: its start (this file, preload.ts), its type rules (check-cells.ts,
// tslab-program.ts), its failures (reported-error.ts, error-position.ts, compiled-cell.ts), its display
// (display.ts).

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findOptionalPackage, packageMissing } from '../files/optional-package.js';
import { packageFile } from '../files/package-file.js';

/**
 * The kernelspec of the project's tslab. Stack traces are long enough to reach the cell's own line, and missing
 * features are preloaded (preload.ts).
 *
 * @throws DaybookError `PACKAGE_MISSING` where the project has no tslab.
 */
export function tslabKernelspec() {
  const tslab = findOptionalPackage('tslab');
  if (tslab === undefined) throw packageMissing('tslab', 'A notebook for tslab');
  const main = join(tslab.folder, 'bin', 'tslab');
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
    version: tslab.version,
  };
}
