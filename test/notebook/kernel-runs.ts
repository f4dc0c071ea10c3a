import { join } from 'node:path';
import { startKernel, type Kernel } from '../../src/jupyter/kernel.js';
import { daybookKernelspec, type Kernelspec } from '../../src/jupyter/kernelspec.js';
import { tslabKernelspec } from '../../src/tslab/kernelspec.js';
import {
  executeNotebook,
  type ExecutionContext,
} from '../../src/notebook/execute/execute-notebook.js';
import type { ExecutionSettings } from '../../src/notebook/run-settings.js';
import { root } from '../database.js';
import { notebookOf, outputsOf, type CellDraft } from './notebooks.js';

type RunOptions = ExecutionSettings &
  ExecutionContext & { folder?: string; env?: Record<string, string> };

/** Runs cells on a real tslab kernel of their own, in the folder of the notebooks. */
export function runOnTslab(cells: readonly CellDraft[], options: RunOptions = {}) {
  return runOn(tslabKernelspec(), cells, options);
}

/** {@link runOnTslab} on our own kernel. */
export function runOnDaybook(cells: readonly CellDraft[], options: RunOptions = {}) {
  return runOn(daybookKernelspec(), cells, options);
}

async function runOn(spec: Kernelspec, cells: readonly CellDraft[], options: RunOptions) {
  const { folder = join(root, 'notebooks'), env = {}, ...execute } = options;
  const kernel: Kernel = await startKernel(spec, { cwd: folder, env: { ...process.env, ...env } });
  try {
    const executed = await executeNotebook(notebookOf(cells), kernel, execute, execute);
    return {
      ...executed,
      outputs: outputsOf(executed.notebook),
      statuses: executed.cells.map(({ status }) => status),
    };
  } finally {
    await kernel.shutdown();
  }
}
