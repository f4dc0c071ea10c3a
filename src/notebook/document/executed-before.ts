// Reuse of the outputs of an earlier run.

import { daybookMetadata } from '../../nbformat/daybook-metadata.js';
import type { Cell, JsonObject, Notebook } from '../../nbformat/notebook.js';
import { clearNotebook, withMark } from './clear-notebook.js';
import { isRunnable } from './execution-metadata.js';

/**
 * A notebook with the outputs of an earlier run of the same code, and with its current text and tags.
 *
 * @param notebook - The current notebook.
 * @param executed - The executed notebook of the earlier run; its code cells are the same.
 */
export function executedBefore(notebook: Notebook, executed: Notebook): Notebook {
  const cleared = clearNotebook(notebook);
  const before = executed.cells.filter(isRunnable);
  let next = 0;
  const { kernelspec, language_info: language } = executed.metadata;
  const metadata: JsonObject = {
    ...cleared.metadata,
    ...(kernelspec === undefined ? {} : { kernelspec }),
    ...(language === undefined ? {} : { language_info: language }),
  };
  const run = daybookMetadata(executed.metadata).run;
  return {
    ...cleared,
    metadata: run === undefined ? metadata : withMark(metadata, 'run', run),
    cells: cleared.cells.map((cell): Cell => {
      if (!isRunnable(cell)) return cell;
      const same = before[next++];
      if (same === undefined) return cell;
      const { execution } = same.metadata;
      const timed = execution === undefined ? cell.metadata : { ...cell.metadata, execution };
      const status = daybookMetadata(same.metadata).status;
      return {
        ...cell,
        outputs: same.outputs,
        execution_count: same.execution_count,
        metadata: status === undefined ? timed : withMark(timed, 'status', status),
      };
    }),
  };
}
