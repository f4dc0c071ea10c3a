// The runner's thread for commands and interrupts.

import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { beginTermination, InterruptionState } from './interruption.js';
import { commandDescriptor, type RunnerCommand } from './protocol.js';

/**
 * A thread that is never busy reads the kernel's commands. The cells' thread gets them as messages, and an
 * interrupt in any state. The end of the commands means that the kernel is gone, so the process ends, whatever a
 * cell is doing.
 */
const { interruption } = workerData as { interruption: Int32Array };

/** The time for code to pause before it is terminated, in milliseconds. */
const patience = 100;

const commands = createInterface({
  input: new Socket({ fd: commandDescriptor, readable: true, writable: false }),
});
let interrupted = Promise.resolve();
commands.on('line', (line) => {
  const command = JSON.parse(line) as RunnerCommand;
  if (command.type === 'exit') void exit(command);
  // The next cell begins after the previous one was terminated, otherwise it might be terminated in its place.
  else if (command.type === 'run') void interrupted.then(() => parentPort?.postMessage(command));
  else if (command.type === 'interrupt') {
    interrupted = interrupted.then(() => interrupt(command));
  } else parentPort?.postMessage(command);
});
commands.on('close', endWithChildren);

/** Ends the process group, which this process leads: the kernel that would end it is gone. */
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
    // Code that does not pause: its whole stack is terminated. Then it is asked again.
    await terminateExecution();
  }
}

/** Resolves when the running code has ended. */
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

/** Ends the process in order; a busy cell does not delay it. */
async function exit(command: RunnerCommand): Promise<void> {
  parentPort?.postMessage(command);
  await delay(patience);
  process.kill(process.pid, 'SIGKILL');
}
