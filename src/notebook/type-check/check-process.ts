/** The process of `checkInProcess`: answers each notebook with what the check found, in order, until the channel ends. */
import { notebookChecker } from './check-notebooks.js';
import type { NotebookToCheck } from './type-problem.js';

const check = notebookChecker();

process.on('message', (notebook: NotebookToCheck) => {
  process.send?.(check(notebook));
});
