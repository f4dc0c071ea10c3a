/** The thread of `checkInThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkNotebooks } from './check-notebooks.js';
import type { NotebookToCheck } from './type-problem.js';

parentPort?.postMessage(checkNotebooks(workerData as NotebookToCheck[]));
