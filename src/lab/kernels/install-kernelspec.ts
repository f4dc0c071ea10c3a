import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DaybookError } from '../../errors.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import { writeAtomically } from '../../files/atomic-write.js';
import { makeFolder } from '../../files/make-folder.js';

/** What a kernel.json of ours says about itself, so that we never touch another's. */
interface Owner {
  readonly daybook?: { readonly root?: string };
}

/**
 * Writes a kernelspec for the Jupyter and VS Code that are on this machine already
 * (https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs).
 *
 * @param folder - A Jupyter data folder; it gets `kernels/NAME/kernel.json`.
 * @param root - The project whose kernel it is.
 * @returns The folder of the kernelspec.
 * @throws DaybookError `KERNELSPEC_TAKEN` when another program's kernel of that name is there.
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
 * @returns Its folder; undefined when none of ours is there.
 */
export async function removeKernelspec(name: string, folder: string): Promise<string | undefined> {
  const target = join(folder, 'kernels', name);
  if ((await ownerOf(target))?.daybook === undefined) return undefined;
  await rm(target, { recursive: true });
  return target;
}

/** Whose kernelspec is in a folder; undefined when there is none. */
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
