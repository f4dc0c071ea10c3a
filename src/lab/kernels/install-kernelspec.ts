// Installation of Daybook's kernel for other Jupyter front ends (`daybook kernel install`).

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DaybookError } from '../../errors.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import { writeAtomically } from '../../files/atomic-write.js';
import { makeFolder } from '../../files/make-folder.js';

/** The mark of our kernel.json, so that those of others are never touched. */
interface Owner {
  readonly daybook?: { readonly root?: string };
}

/**
 * Writes a kernelspec for Jupyter and VS Code on this machine
 * (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs).
 *
 * @param folder - A Jupyter data folder; it gets `kernels/NAME/kernel.json`.
 * @param root - The kernel's project.
 * @returns The folder of the kernelspec.
 * @throws DaybookError `KERNELSPEC_TAKEN` when another program's kernel has that name.
 */
export async function installKernelspec(
  spec: Kernelspec,
  folder: string,
  root: string,
): Promise<string> {
  const target = join(folder, 'kernels', spec.name);
  const owner = await ownerOf(target);
  if (owner !== undefined && owner.daybook === undefined) {
    throw new DaybookError('KERNELSPEC_TAKEN', `There is a kernel "${spec.name}" of its own`, {
      where: target,
      hint: 'Delete that folder if nothing needs it, then run the command again',
    });
  }
  makeFolder(target);
  const metadata: Owner = { daybook: { root } };
  const file = {
    argv: spec.argv,
    display_name: spec.displayName,
    language: spec.language,
    interrupt_mode: spec.interruptMode,
    env: spec.env,
    metadata,
  };
  await writeAtomically(join(target, 'kernel.json'), `${JSON.stringify(file, undefined, 2)}\n`);
  return target;
}

/**
 * Removes a kernelspec that {@link installKernelspec} wrote.
 *
 * @returns Its folder; undefined when there is none of ours.
 */
export async function removeKernelspec(name: string, folder: string): Promise<string | undefined> {
  const target = join(folder, 'kernels', name);
  if ((await ownerOf(target))?.daybook === undefined) return undefined;
  await rm(target, { recursive: true });
  return target;
}

/** The owner of a folder's kernelspec; undefined when there is none. */
async function ownerOf(folder: string): Promise<Owner | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, 'kernel.json'), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return (JSON.parse(text) as { metadata?: Owner }).metadata ?? {};
  } catch {
    return {};
  }
}
