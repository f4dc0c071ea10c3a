/** A thread of `EncoderThreads`: reads files and sends their parts, some files by turns. */
import { parentPort } from 'node:worker_threads';
import { DaybookError } from '../../../errors.js';
import { encodeFile } from './encode-file.js';
import { partsInFlight, type ThreadMessage, type ThreadOrder } from './thread-message.js';
import type { EncodeJob } from '../../plan/file-decision.js';

/** How a file stands whose parts are sent. */
interface Work {
  inFlight: number;
  isStopped: boolean;
  wake: () => void;
}

const works = new Map<number, Work>();
/** Memory of rows that were sent. New memory for each block costs its first touch, and collecting it. */
const spares: ArrayBuffer[] = [];

parentPort?.on('message', (message: ThreadOrder) => {
  if ('job' in message) {
    void encode(message.id, message.job);
    return;
  }
  if ('spare' in message) {
    spares.push(message.spare);
    return;
  }
  const work = works.get(message.id);
  if (work === undefined) return;
  if (message.order === 'stop') work.isStopped = true;
  else work.inFlight -= 1;
  work.wake();
});

async function encode(id: number, job: EncodeJob): Promise<void> {
  const work: Work = { inFlight: 0, isStopped: false, wake: () => undefined };
  works.set(id, work);
  try {
    for await (const part of encodeFile(job, allocate)) {
      while (work.inFlight >= partsInFlight && !work.isStopped) {
        await new Promise<void>((resolve) => (work.wake = resolve));
      }
      if (work.isStopped) break;
      work.inFlight += 1;
      // The rows have a buffer of their own: it moves to the other thread, nothing is copied.
      send({ id, part }, part.kind === 'block' ? [part.rows.buffer as ArrayBuffer] : []);
    }
  } catch (error) {
    send({ id, failure: failureOf(error) });
  } finally {
    works.delete(id);
  }
}

function allocate(bytes: number): Buffer {
  const index = spares.findIndex(({ byteLength }) => byteLength >= bytes);
  const [spare] = index === -1 ? [] : spares.splice(index, 1);
  return spare === undefined ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(spare);
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
