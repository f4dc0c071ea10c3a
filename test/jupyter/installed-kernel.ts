import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';
import { findKernelspec, type Kernelspec } from '../../src/jupyter/kernelspec.js';

const execute = promisify(execFile);

/** A kernel of this machine, and the environment in which it starts. */
export interface InstalledKernel {
  readonly spec: Kernelspec;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A kernel that is installed beside Daybook; leaves the running test out, with its reason, where it
 * is not. `.ci/run` installs `python3`.
 *
 * @param name - The kernelspec's name, like `python3`.
 */
export async function requireInstalledKernel(
  context: TestContext,
  name: string,
): Promise<InstalledKernel> {
  const spec = await findKernelspec(name, { env: process.env }).catch(() => undefined);
  if (spec === undefined) return context.skip(`the kernel ${name} is not installed`);
  if (name !== 'python3') return { spec, env: process.env };
  const folder = await mkdtemp(join(tmpdir(), 'daybook-ipython-'));
  context.onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  // Its history is no concern of the user's.
  const own = { ...process.env, IPYTHONDIR: folder };
  // A kernelspec may name the PATH's Python while the system's is the one that has the kernel.
  for (const env of [own, { ...own, PATH: `/usr/bin:${process.env['PATH'] ?? ''}` }]) {
    try {
      await execute(spec.argv[0] ?? '', ['-c', 'import ipykernel'], { env });
      return { spec, env };
    } catch {
      // The next may have it.
    }
  }
  return context.skip(`the Python of the kernel ${name} has no ipykernel`);
}
