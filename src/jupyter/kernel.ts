// This folder is a client of Jupyter kernels: kernelspecs (kernelspec.ts), processes, sockets and messages
// (wire.ts, message.ts), and a running kernel (this file).

import { setTimeout as delay } from 'node:timers/promises';
import { DaybookError } from '../errors.js';
import { silentLogger, type Logger } from '../logger.js';
import { createConnectionFile, type ConnectionFile } from './connection-file.js';
import { connectChannels, type KernelChannels, type MessageListener } from './kernel-channels.js';
import type { SystemUser } from '../system/system-users.js';
import { startKernelProcess, type KernelProcess } from './kernel-process.js';
import type { Kernelspec } from './kernelspec.js';
import { isMessage, type MessageContents } from './message.js';

/** A kernel's description of itself. */
export type KernelInfo = MessageContents['kernel_info_reply'];

/** A running kernel, connected and answering. */
export interface Kernel {
  readonly spec: Kernelspec;
  readonly info: KernelInfo;
  readonly process: KernelProcess;
  readonly channels: KernelChannels;
  /** Calls `listener` with each message, until the returned function is called. */
  listen(listener: MessageListener): () => void;
  /** Interrupts the running cell, as the kernelspec says. */
  interrupt(): Promise<void>;
  /**
   * Asks the kernel to end, ends it otherwise, and its children in any case. May be called repeatedly and after
   * its end.
   */
  shutdown(): Promise<void>;
}

/** Options of {@link startKernel}. */
export interface StartKernelOptions {
  /** The working folder: the notebook's. */
  cwd: string;
  /** The complete environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** The kernel's user, where this process may switch users. Default: the same. */
  user?: SystemUser | undefined;
  /** The timeout of the start, in milliseconds. Default one minute. */
  startTimeout?: number;
  /** Ends the kernel at once, also while it starts. */
  signal?: AbortSignal;
  /** Called when its process runs, before it answers. */
  onProcess?: () => void;
  logger?: Logger;
}

/** Attempts to start: a port may be taken between our check and the kernel's bind. */
const startAttempts = 3;

/**
 * The delay before a silent kernel is asked again, then longer: some kernels lose requests that arrive while they
 * bind their sockets, and a status published before our subscription is lost. In milliseconds.
 */
const firstPatience = 50;
const longestPatience = 1000;

/** The time for a kernel to answer its shutdown, and then to end, in milliseconds. */
const shutdownGrace = 300;

/**
 * Starts a kernel and waits until it answers on shell and publishes on iopub.
 *
 * @throws DaybookError `KERNEL_START` when it ends or stays silent, with its output; the signal's reason when that
 *   was aborted.
 */
export async function startKernel(spec: Kernelspec, options: StartKernelOptions): Promise<Kernel> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(spec, options);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === startAttempts) throw error;
    }
  }
}

/** The kernel could not bind one of its ports. */
class PortTakenError extends DaybookError {}

async function startOnce(spec: Kernelspec, options: StartKernelOptions): Promise<Kernel> {
  options.signal?.throwIfAborted();
  const file = await createConnectionFile({ owner: options.user });
  let kernelProcess: KernelProcess;
  try {
    kernelProcess = await startKernelProcess(spec, { ...options, connectionFile: file.path });
  } catch (error) {
    await file.remove();
    throw error;
  }
  options.onProcess?.();
  return connectKernel(spec, kernelProcess, file, options);
}

/**
 * Connects to a started kernel, and waits until it answers.
 *
 * @param file - Its connection file; removed at its end.
 * @throws As {@link startKernel}; the process is ended then.
 */
export async function connectKernel(
  spec: Kernelspec,
  kernelProcess: KernelProcess,
  file: ConnectionFile,
  options: Omit<StartKernelOptions, 'cwd' | 'env' | 'user' | 'onProcess'> = {},
): Promise<Kernel> {
  const { signal, logger = silentLogger, startTimeout = 60_000 } = options;
  const channels = connectChannels(file.info, logger);
  const dispose = async () => {
    await kernelProcess.end();
    channels.close();
    await file.remove();
  };
  try {
    const info = await whenReady(channels, kernelProcess, startTimeout, signal);
    return runningKernel(spec, info, kernelProcess, channels, dispose);
  } catch (error) {
    await dispose();
    if (error instanceof DaybookError || signal?.aborted === true) throw error;
    throw startError(spec, kernelProcess, error);
  }
}

/** Waits for the kernel's info, until it ends or the timeout. */
async function whenReady(
  channels: KernelChannels,
  kernelProcess: KernelProcess,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<KernelInfo> {
  const stop = new AbortController();
  const failed = (reason: string) => {
    const cause = channels.refusal;
    throw new Error(reason, cause === undefined ? undefined : { cause });
  };
  try {
    return await Promise.race([
      askForInfo(channels, stop.signal),
      kernelProcess.exited.then(({ code, signal: killer }) =>
        failed(`it ended at once (${killer ?? `exit code ${code ?? '?'}`})`),
      ),
      delay(timeout, undefined, { signal: stop.signal }).then(() =>
        failed(`it did not answer within ${timeout / 1000} seconds`),
      ),
      portTaken(kernelProcess, stop.signal),
      aborted(signal, stop.signal),
    ]);
  } finally {
    stop.abort();
  }
}

/** Requests the kernel's info until the reply and a status have arrived. */
function askForInfo(channels: KernelChannels, stopped: AbortSignal): Promise<KernelInfo> {
  return new Promise((resolve, reject) => {
    const asked = new Set<string>();
    let info: KernelInfo | undefined;
    let heard = false;
    let asking: NodeJS.Timeout | undefined;
    let patience = firstPatience;
    const ask = () => {
      if (stopped.aborted) return;
      const request = channels.request('kernel_info_request', {});
      asked.add(request.header.msg_id);
      channels.send('shell', request).catch(reject);
      asking = setTimeout(ask, patience);
      patience = Math.min(2 * patience, longestPatience);
    };
    const stopListening = channels.listen((channel, message) => {
      if (!asked.has(message.parentHeader.msg_id ?? '')) return;
      if (channel === 'iopub') heard = true;
      if (isMessage(message, 'kernel_info_reply')) {
        info ??= message.content;
      }
      if (info !== undefined && heard) resolve(info);
    });
    stopped.addEventListener('abort', () => {
      clearTimeout(asking);
      stopListening();
    });
    channels.connected.then(ask, reject);
  });
}

/** Rejects when the kernel's output says that an address is in use: it would never answer. */
async function portTaken(kernelProcess: KernelProcess, stopped: AbortSignal): Promise<never> {
  for (;;) {
    await delay(250, undefined, { signal: stopped });
    if (/EADDRINUSE|address already in use/i.test(kernelProcess.output().stderr)) {
      throw new PortTakenError('KERNEL_START', 'A port of the kernel was taken by another program');
    }
  }
}

function aborted(signal: AbortSignal | undefined, stopped: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // Given before there was anybody to hear it, as while the process was started.
    if (signal?.aborted === true) reject(signal.reason as Error);
    signal?.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true, signal: stopped },
    );
  });
}

function startError(spec: Kernelspec, kernelProcess: KernelProcess, reason: unknown): DaybookError {
  const { stdout, stderr } = kernelProcess.output();
  const words = `${stderr}${stdout}`.trim();
  const message = reason instanceof Error ? reason.message : String(reason);
  return new DaybookError(
    'KERNEL_START',
    `The kernel "${spec.name}" did not start: ${message}` + (words === '' ? '' : `\n${words}`),
    {
      cause: reason instanceof Error ? reason.cause : undefined,
      hint: `Its command is: ${spec.argv.join(' ')}`,
    },
  );
}

function runningKernel(
  spec: Kernelspec,
  info: KernelInfo,
  kernelProcess: KernelProcess,
  channels: KernelChannels,
  dispose: () => Promise<void>,
): Kernel {
  let ending: Promise<void> | undefined;
  return {
    spec,
    info,
    process: kernelProcess,
    channels,
    listen: (listener) => channels.listen(listener),
    async interrupt() {
      if (spec.interruptMode === 'signal') kernelProcess.interrupt();
      else await channels.send('control', channels.request('interrupt_request', {}));
    },
    shutdown() {
      ending ??= shutDown(kernelProcess, channels, dispose);
      return ending;
    },
  };
}

async function shutDown(
  kernelProcess: KernelProcess,
  channels: KernelChannels,
  dispose: () => Promise<void>,
): Promise<void> {
  try {
    await askToEnd(kernelProcess, channels);
  } finally {
    await dispose();
  }
}

/** Requests the shutdown; the process is ended afterwards in any case. */
async function askToEnd(kernelProcess: KernelProcess, channels: KernelChannels): Promise<void> {
  if (kernelProcess.exit !== undefined) return;
  const patience = new AbortController();
  try {
    await channels.send('control', channels.request('shutdown_request', { restart: false }));
    await Promise.race([
      kernelProcess.exited,
      delay(shutdownGrace, undefined, { signal: patience.signal }),
    ]);
  } catch {
    // The channel is closed: the kernel has ended, or is killed.
  } finally {
    patience.abort();
  }
}
