// Execution of one notebook of a run by a worker.

import { runNotebookTask, type NotebookPlace } from '../notebook/share/run-notebook-task.js';
import type { NotebookAnswer, NotebookJob } from './job.js';

/** Executes a notebook. @throws As `runNotebookTask` does. */
export async function doNotebook(
  { collection, task }: NotebookJob,
  place: Omit<NotebookPlace, 'collection'>,
): Promise<NotebookAnswer> {
  const result = await runNotebookTask(task, { ...place, collection });
  return { notebook: { ...result, startedAt: result.startedAt.toISOString() } };
}
