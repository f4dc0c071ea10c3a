import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * How tslab of our own node_modules is started. Its stack traces are long enough to reach the cell's own line,
 * and what it lacks is preloaded (preload.ts).
 */
export function tslabKernelspec() {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('tslab/package.json');
  const main = join(dirname(manifest), 'bin', 'tslab');
  const { version } = require(manifest) as { version: string };
  // From src/ and from dist/ this is the compiled file.
  const preload = new URL('../../dist/tslab/preload.js', import.meta.url);
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
