import type { NotebookCheck } from '../../src/notebook/run-settings.js';
import { notebookChecker } from '../../src/notebook/type-check/check-notebooks.js';

const check = notebookChecker();

/** The type check without a process of its own: what one test's has read of libraries, the next one's need not read again. */
export const checkInProcess: NotebookCheck = (notebooks) =>
  notebooks.map((notebook) => Promise.resolve(check(notebook)));
