import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { beginTermination, InterruptionState } from './interruption.js';
import { commandDescriptor, type RunnerCommand } from './protocol.js';

/**
 * A thread beside the cells that is never busy: it reads the kernel's commands. Cells get theirs as
 * messages; an interrupt reaches them in any state. When the commands end, the kernel is gone, and so
 * must we be, whatever a cell is doing.
 */
const { interruption } = workerData as { interruption: Int32Array };

/** How long code may take to come to its next pause before it is stopped in its tracks, in ms. */
const patience = 100;

const commands = createInterface({
  input: new Socket({ fd: commandDescriptor, readable: true, writable: false }),
});
let interrupted = Promise.resolve();
commands.on('line', (line) => {
  const command = JSON.parse(line) as RunnerCommand;
  if (command.type === 'exit') void exit(command);
  // The next cell begins when the one before has been ended, or it might be ended in its place.
  else if (command.type === 'run') void interrupted.then(() => parentPort?.postMessage(command));
  else if (command.type === 'interrupt') {
    interrupted = interrupted.then(() => interrupt(command));
  } else parentPort?.postMessage(command);
});
commands.on('close', endWithChildren);

/**
 * Ends us and what the cells have started, which is in the group that we lead: the kernel, which ends
 * it otherwise, is gone.
 */
function endWithChildren(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL'); // a system without process groups
  }
}

async function interrupt(command: RunnerCommand): Promise<void> {
  for (;;) {
    Atomics.store(interruption, 0, InterruptionState.asked);
    Atomics.notify(interruption, 0);
    parentPort?.postMessage(command);
    await delay(patience);
    if (!beginTermination(interruption)) return;
    // What runs does not pause by itself: its whole stack ends here. Then it is asked again.
    await terminateExecution();
  }
}

/** Resolves when the code that ran has ended. */
function terminateExecution(): Promise<void> {
  return new Promise((resolve) => {
    const session = new Session();
    session.connectToMainThread();
    session.post('Runtime.terminateExecution', () => {
      session.disconnect();
      resolve();
    });
  });
}

/** Lets the process end in order; a cell that is busy does not hold it. */
async function exit(command: RunnerCommand): Promise<void> {
  parentPort?.postMessage(command);
  await delay(patience);
  process.kill(process.pid, 'SIGKILL');
}
