/**
 * The process that runs cells. The kernel starts it, sends it compiled cells (protocol.ts) and reads its output.
 * It ends with the kernel.
 */
import { Worker } from 'node:worker_threads';
import { followPromises, forgetStack, runOfPromise, currentRun } from './cell-context.js';
import { CellSession } from './cell-session.js';
import { installCellStreams } from './cell-streams.js';
import { installCellTimers } from './cell-timers.js';
import { EventWriter } from './event-writer.js';
import { answerInterruption } from './interruption.js';
import { ModuleImporter } from './module-importer.js';
import { ProjectLoader } from './project-loader.js';
import type { RunnerCommand, RunnerEvent } from './protocol.js';
import { StackTraces } from './stack-trace.js';
import type { KernelDisplay } from '../../display/kernel.js';

type StartCommand = Extract<RunnerCommand, { type: 'start' }>;

const exit = process.exit.bind(process);

function start({ marker, folder }: StartCommand): CellSession {
  const writer = new EventWriter(marker);
  const send = (event: RunnerEvent) => {
    if (event.type === 'done') writer.sync(event.cell);
    writer.write(event);
  };
  const stackTraces = new StackTraces();
  const loader = new ProjectLoader(stackTraces);
  const importer = new ModuleImporter(folder, loader);
  stackTraces.install();
  installCellStreams(send);
  installDisplay(send);
  installCellTimers((error, run) => {
    session.uncaught(error, run);
  });
  const { setImmediate: later } = globalThis;
  const session = new CellSession({ folder, importer, loader, stackTraces, send, later });
  followPromises();
  process.on('uncaughtException', (error) => {
    session.uncaught(error, undefined);
  });
  process.on('unhandledRejection', (reason, promise) => {
    session.uncaught(reason, runOfPromise(promise));
  });
  // The kernel's interrupt reaches child processes as a signal, and this one as a command.
  process.on('SIGINT', () => undefined);
  process.exit = (code) => {
    throw new Error(
      `process.exit(${code ?? ''}) was called. A cell cannot end the kernel: throw an error instead, ` +
        'or restart the kernel.',
    );
  };
  send({ type: 'ready' });
  return session;
}

let session: CellSession | undefined;
const interruption = new Int32Array(new SharedArrayBuffer(4));
const commands = new Worker(new URL('./command-thread.js', import.meta.url), {
  workerData: { interruption },
  execArgv: [],
});
const emit = commands.emit.bind(commands);
// Methods that cells can change would call a listener.
commands.emit = (event: string | symbol, given?: unknown) => {
  if (event !== 'message') return emit(event, given);
  take(given as RunnerCommand);
  return true;
};

function take(command: RunnerCommand): void {
  forgetStack();
  switch (command.type) {
    case 'start':
      session = start(command);
      break;
    case 'run':
      session?.run(command);
      break;
    case 'interrupt':
      if (answerInterruption(interruption)) session?.interrupt(command.cell);
      break;
    case 'inspect':
      session?.inspect(command);
      break;
    case 'look':
      session?.look(command);
      break;
    case 'exit':
      exit(0);
  }
}

/** Sets the hook by which `daybook/display` finds this kernel. */
function installDisplay(send: (event: RunnerEvent) => void): void {
  const cell = () => currentRun()?.cell;
  const hook: KernelDisplay = {
    display: (data, metadata = {}, displayId) => {
      send({ type: 'display', cell: cell(), data, metadata, displayId, isUpdate: false });
    },
    update: (data, metadata = {}, displayId) => {
      send({ type: 'display', cell: cell(), data, metadata, displayId, isUpdate: true });
    },
    clear: (wait = false) => {
      send({ type: 'clear', cell: cell(), wait });
    },
  };
  Object.defineProperty(globalThis, Symbol.for('daybook.display'), { value: hook });
}
