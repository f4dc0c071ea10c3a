import type { Notebook } from '../../nbformat/notebook.js';

/** The kernel of notebooks that name none: our own. */
const defaultKernel = 'daybook';

/** The name of the kernel that a notebook runs on. */
export function kernelName(notebook: Notebook): string {
  const { kernelspec } = notebook.metadata as { kernelspec?: { name: string } };
  return kernelspec?.name ?? defaultKernel;
}
