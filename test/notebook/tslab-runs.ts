import { startKernel, type Kernel } from '../../src/jupyter/kernel.js';
import { tslabKernelspec } from '../../src/jupyter/kernelspec.js';
import { executeNotebook, type ExecuteOptions } from '../../src/notebook/execute-notebook.js';
import { notebookOf, outputsOf, type CellDraft } from './notebooks.js';
import { root } from '../database.js';
import { join } from 'node:path';

/** Runs cells on a real tslab kernel of their own, in the folder of the notebooks. */
export async function runOnTslab(
  cells: readonly CellDraft[],
  options: ExecuteOptions & { folder?: string; env?: Record<string, string> } = {},
) {
  const { folder = join(root, 'notebooks'), env = {}, ...execute } = options;
  const kernel: Kernel = await startKernel(tslabKernelspec(), {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  try {
    const executed = await executeNotebook(notebookOf(cells), kernel, execute);
    return {
      ...executed,
      outputs: outputsOf(executed.notebook),
      statuses: executed.cells.map(({ status }) => status),
    };
  } finally {
    await kernel.shutdown();
  }
}
