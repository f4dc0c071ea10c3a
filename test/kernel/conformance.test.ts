// @module-tag heavy
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findKernelspec } from '../../src/jupyter/kernelspec.js';
import { requirePython } from './python.js';
import { temporaryFolder } from '../temporary-folder.js';

const execute = promisify(execFile);

test('the public conformance suite for Jupyter kernels passes, every test of it', async (context) => {
  const python = await requirePython(context, 'jupyter_kernel_test', 'python3-jupyter-kernel-test');
  const data = temporaryFolder();
  const { argv, displayName, language } = await findKernelspec('daybook', { env: {} });
  await mkdir(join(data, 'kernels/daybook'), { recursive: true });
  await writeFile(
    join(data, 'kernels/daybook/kernel.json'),
    JSON.stringify({ argv, display_name: displayName, language, interrupt_mode: 'message' }),
  );
  const suite = resolve(import.meta.dirname, 'conformance_test.py');
  const { stderr } = await execute(python, [suite, '-v'], {
    env: { ...process.env, JUPYTER_PATH: data },
  }).catch((error: unknown) => error as { stderr: string });
  expect(stderr).toMatch(/\nOK\s*$/);
  expect(stderr).not.toContain('skipped');
}, 120_000);
