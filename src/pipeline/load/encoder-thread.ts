/** A thread of `EncoderThreads`: reads one file after another and sends their parts. */
import { parentPort } from 'node:worker_threads';
import { DaybookError } from '../../errors.js';
import { encodeFile, type EncodeJob } from './encode-file.js';
import { partsInFlight, type ThreadMessage } from './thread-message.js';

let inFlight = 0;
let wake: () => void = () => undefined;

parentPort?.on('message', (message: EncodeJob | 'taken') => {
  if (message !== 'taken') {
    inFlight = 0;
    void encode(message);
    return;
  }
  inFlight -= 1;
  wake();
});

async function encode(job: EncodeJob): Promise<void> {
  try {
    for await (const part of encodeFile(job)) {
      while (inFlight >= partsInFlight) await new Promise<void>((resolve) => (wake = resolve));
      inFlight += 1;
      // The rows have a buffer of their own: it moves to the other thread, nothing is copied.
      send({ part }, part.kind === 'block' ? [part.rows.buffer as ArrayBuffer] : []);
    }
  } catch (error) {
    send({ failure: failureOf(error) });
  }
}

function send(message: ThreadMessage, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}

/** Errors lose their class on the way. */
function failureOf(error: unknown): Extract<ThreadMessage, { failure: unknown }>['failure'] {
  if (!(error instanceof DaybookError)) throw error;
  const { code, message, where, hint, cause } = error;
  return { code, message, where, hint, cause };
}
