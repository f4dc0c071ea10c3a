import { join } from 'node:path';
import { afterAll } from 'vitest';
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

/**
 * One tslab for the cases of a file that are about neither its start nor its end; it starts with the first and ends
 * with the file. Later cases may declare names anew, as cells may.
 */
export const sharedTslab = () => sharedKernel(tslabKernelspec());

/** {@link sharedTslab} with our own kernel. */
export const sharedDaybook = () => sharedKernel(daybookKernelspec());

function sharedKernel(spec: Kernelspec) {
  let started: Promise<Kernel> | undefined;
  afterAll(async () => (await started)?.shutdown());
  return async (cells: readonly CellDraft[], options: ExecutionSettings = {}) => {
    started ??= start(spec, {});
    return execute(await started, cells, options);
  };
}

async function runOn(spec: Kernelspec, cells: readonly CellDraft[], options: RunOptions) {
  const kernel = await start(spec, options);
  try {
    return await execute(kernel, cells, options);
  } finally {
    await kernel.shutdown();
  }
}

function start(spec: Kernelspec, { folder = join(root, 'notebooks'), env = {} }: RunOptions) {
  return startKernel(spec, { cwd: folder, env: { ...process.env, ...env } });
}

async function execute(kernel: Kernel, cells: readonly CellDraft[], options: RunOptions) {
  const executed = await executeNotebook(notebookOf(cells), kernel, options, options);
  return {
    ...executed,
    outputs: outputsOf(executed.notebook),
    statuses: executed.cells.map(({ status }) => status),
  };
}
