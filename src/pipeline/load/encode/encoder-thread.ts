/** A thread of `EncoderThreads`: reads files and sends their parts, several files in turn. */
import { parentPort } from 'node:worker_threads';
import { DaybookError } from '../../../errors.js';
import { encodeFile, type EncodedFile } from './encode-file.js';
import { partsInFlight, type ThreadMessage, type ThreadOrder } from './thread-message.js';
import type { EncodeJob } from '../../plan/file-decision.js';

/** A file in work. */
interface Work {
  inFlight: number;
  isStopped: boolean;
  wake: () => void;
}

const works = new Map<number, Work>();
/** Memory of sent rows for reuse. New memory for each block costs page faults and garbage collection. */
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
    const file = await encodeFile(job, allocate);
    if (!(await hasRoom(work))) return;
    send({ id, change: file.change });
    if (file.change !== 'unchanged') await sendBlocks(id, work, file);
  } catch (error) {
    send({ id, failure: failureOf(error) });
  } finally {
    works.delete(id);
  }
}

async function sendBlocks(
  id: number,
  work: Work,
  { blocks, close }: Exclude<EncodedFile, { change: 'unchanged' }>,
): Promise<void> {
  try {
    for (;;) {
      const next = await blocks.next();
      if (!(await hasRoom(work))) return;
      if (next.done === true) {
        send({ id, end: next.value });
        return;
      }
      // The rows' buffer is transferred, not copied.
      send({ id, block: next.value }, [next.value.rows.buffer as ArrayBuffer]);
    }
  } finally {
    await close();
  }
}

/** Waits until another part may be sent, and counts it; false: the file was stopped. */
async function hasRoom(work: Work): Promise<boolean> {
  while (work.inFlight >= partsInFlight && !work.isStopped) {
    await new Promise<void>((resolve) => (work.wake = resolve));
  }
  work.inFlight += 1;
  return !work.isStopped;
}

function allocate(bytes: number): Buffer {
  const index = spares.findIndex(({ byteLength }) => byteLength >= bytes);
  const [spare] = index === -1 ? [] : spares.splice(index, 1);
  return spare === undefined ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(spare);
}

function send(message: ThreadMessage, moved: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, moved);
}

/** Errors lose their class in messages. */
function failureOf(error: unknown): Extract<ThreadMessage, { failure: unknown }>['failure'] {
  if (!(error instanceof DaybookError)) throw error;
  const { code, message, where, hint, cause } = error;
  return { code, message, where, hint, cause };
}
