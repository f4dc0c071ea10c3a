import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookCellExecutor, runCell } from '@jupyterlab/notebook';

/**
 * Runs a cell when its notebook has a kernel. JupyterLab's own executor does nothing, and says nothing,
 * when an analyst is quicker than the kernel that the notebook has just asked for.
 */
export const cellExecutor: JupyterFrontEndPlugin<INotebookCellExecutor> = {
  id: '@daybook/jupyterlab:cell-executor',
  description: 'Runs cells, also those that were to run before the kernel was there.',
  autoStart: true,
  provides: INotebookCellExecutor,
  activate: () => ({
    async runCell(options) {
      await options.sessionContext?.ready;
      return runCell(options);
    },
  }),
};
