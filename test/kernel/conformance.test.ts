import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { findKernelspec } from '../../src/jupyter/kernelspec.js';
import { temporaryFolder } from './session.js';

const execute = promisify(execFile);

/** A Python that has the suite: `PYTHON`, the PATH's, or the system's, which has Debian's packages. */
async function requireSuite(context: TestContext): Promise<string> {
  for (const python of [process.env['PYTHON'], 'python3', '/usr/bin/python3']) {
    if (python === undefined) continue;
    try {
      await execute(python, ['-c', 'import jupyter_kernel_test']);
      return python;
    } catch {
      // The next may have it.
    }
  }
  return context.skip('no python3 with jupyter_kernel_test (Debian: python3-jupyter-kernel-test)');
}

test('the public conformance suite for Jupyter kernels passes, every test of it', async (context) => {
  const python = await requireSuite(context);
  const data = await temporaryFolder();
  onTestFinished(data.remove);
  const { argv, displayName, language } = await findKernelspec('daybook', { env: {} });
  await mkdir(join(data.path, 'kernels/daybook'), { recursive: true });
  await writeFile(
    join(data.path, 'kernels/daybook/kernel.json'),
    JSON.stringify({ argv, display_name: displayName, language, interrupt_mode: 'message' }),
  );
  const suite = resolve(import.meta.dirname, 'conformance_test.py');
  const { stderr } = await execute(python, [suite, '-v'], {
    env: { ...process.env, JUPYTER_PATH: data.path },
  }).catch((error: unknown) => error as { stderr: string });
  expect(stderr).toMatch(/\nOK\s*$/);
  expect(stderr).not.toContain('skipped');
}, 120_000);
