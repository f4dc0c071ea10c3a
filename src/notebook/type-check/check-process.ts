/** The process of `checkInProcess`: answers each notebook with its result, in order, until the channel closes. */
import { notebookChecker } from './check-notebooks.js';
import {
  uncheckable,
  type CheckedNotebook,
  type NotebookToCheck,
} from '../document/type-problem.js';

const check = notebookChecker();

process.on('message', (notebook: NotebookToCheck) => {
  let checked: CheckedNotebook;
  try {
    checked = check(notebook);
  } catch (error) {
    // For example, code that is nested deeper than the stack.
    checked = uncheckable(notebook, error instanceof Error ? error.message : String(error));
  }
  process.send?.(checked);
});
