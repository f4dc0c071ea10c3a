import { Worker } from 'node:worker_threads';
import type { CheckedNotebook, NotebookToCheck } from './type-problem.js';

/**
 * {@link checkNotebooks} in a thread of its own: the compiler blocks for a second, in which kernels
 * start, and takes its memory with it when it is done.
 */
export function checkInThread(notebooks: readonly NotebookToCheck[]): Promise<CheckedNotebook[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./check-thread.js', import.meta.url), {
      workerData: notebooks,
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`the type check ended with code ${code} and without a result`));
    });
  });
}
