/** The process of `checkInProcess`: answers each notebook with what the check found, in order, until the channel ends. */
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
    // Code that is nested deeper than the stack, say.
    checked = uncheckable(notebook, error instanceof Error ? error.message : String(error));
  }
  process.send?.(checked);
});
