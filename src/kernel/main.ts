/**
 * The TypeScript kernel, as Jupyter starts it: `node main.js --connection-file FILE`.
 */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError } from '../errors.js';
import { readConnectionFile } from '../jupyter/connection-file.js';
import { bindKernelSockets } from '../jupyter/kernel-sockets.js';
import { createLogger } from '../logger.js';
import { Kernel } from './kernel.js';
import { Outlet } from './outlet.js';

/** The interval of checks for the parent process, in milliseconds. */
const parentInterval = 1000;

/** The notebook's folder: Jupyter servers pass the notebook's path; others start the kernel in its folder. */
function notebookFolder(): string {
  const notebook = process.env['JPY_SESSION_NAME'];
  if (notebook !== undefined && isAbsolute(notebook) && existsSync(dirname(notebook))) {
    return dirname(notebook);
  }
  return process.cwd();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { 'connection-file': { type: 'string', short: 'f' } },
    strict: true,
  });
  const file = values['connection-file'];
  if (file === undefined) throw new Error('Usage: main.js --connection-file FILE');
  const logger = createLogger({
    write: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  const outlet = new Outlet();
  const kernel = new Kernel({
    folder: notebookFolder(),
    cwd: process.cwd(),
    env: process.env,
    outlet,
    onShutdown: () => {
      void outlet.drained().then(() => {
        sockets.close();
      });
    },
  });
  process.on('exit', () => {
    kernel.kill();
  });
  process.on('SIGINT', () => {
    kernel.interrupt();
  });
  process.on('SIGTERM', () => {
    process.exit(143);
  });
  watchParent(() => {
    process.exit(0);
  });
  const info = await readConnectionFile(file);
  const sockets = await bindKernelSockets(
    info,
    (channel, message, socket) => {
      if (channel === 'shell') kernel.enqueue({ socket, message });
      else if (channel === 'control') kernel.handleControl({ socket, message });
    },
    logger,
  );
  outlet.open(sockets.iopub);
  outlet.publish('status', { execution_state: 'starting' }, undefined);
}

/** Jupyter passes the parent's id; the kernel ends with its parent. */
function watchParent(onGone: () => void): void {
  const { ppid } = process;
  if (process.env['JPY_PARENT_PID'] !== String(ppid)) return;
  const timer = setInterval(() => {
    if (process.ppid !== ppid) onGone();
  }, parentInterval);
  timer.unref();
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(2);
});
