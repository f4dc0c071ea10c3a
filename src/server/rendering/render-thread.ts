import { parentPort } from 'node:worker_threads';
import { DaybookError, describeError } from '../../errors.js';
import { monitoredPieces, wholePage } from './pieces.js';
import type { RenderFailure, RenderMessage, RenderOrder } from './render-job.js';
import { doRenderJob } from './render-work.js';

/**
 * The thread that renders. It may be ended at any moment: what it is at, it says before it begins it, to
 * the process around it, which reads that whatever this thread is busy with.
 */
function say(message: RenderMessage): void {
  parentPort?.postMessage(message);
}

async function work({ job, plain }: RenderOrder): Promise<void> {
  let last = '';
  const begin = (piece: string) => {
    if (piece !== last) say({ begin: piece });
    last = piece;
  };
  const pieces = monitoredPieces(plain, begin, (piece, error) => {
    say({ fault: piece, message: describeError(error) });
  });
  begin(wholePage);
  try {
    say({ done: await doRenderJob(job, pieces) });
  } catch (error) {
    say({ failed: failureOf(error) });
  }
}

function failureOf(error: unknown): RenderFailure {
  const known = error instanceof DaybookError ? error : undefined;
  return {
    code: known?.code,
    message: error instanceof Error ? error.message : String(error),
    where: known?.where,
    hint: known?.hint,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

parentPort?.on('message', (order: RenderOrder) => {
  void work(order);
});
