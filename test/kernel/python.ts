import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const execute = promisify(execFile);

/**
 * A Python that has a module: `PYTHON`, the PATH's, or the system's, which has Debian's packages.
 * Without one the running test is left out, with its reason.
 *
 * @param debian - The package of Debian that brings the module.
 */
export async function requirePython(
  context: TestContext,
  module: string,
  debian: string,
): Promise<string> {
  for (const python of [process.env['PYTHON'], 'python3', '/usr/bin/python3']) {
    if (python === undefined) continue;
    try {
      await execute(python, ['-c', `import ${module}`]);
      return python;
    } catch {
      // The next may have it.
    }
  }
  return context.skip(`no python3 with ${module} (Debian: ${debian})`);
}
