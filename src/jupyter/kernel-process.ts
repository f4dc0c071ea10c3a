// Processes of kernels: start, interrupt, end.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { DaybookError } from '../errors.js';
import type { Kernelspec } from './kernelspec.js';
import { guardGroup, guardMarked, releaseGroup, releaseMarked } from './kernel-watchdog.js';
import type { SystemUser } from '../system/system-users.js';
import { endMarked, markVariable } from './marked-processes.js';

/** How a kernel's process ended: one of the two is set. */
export interface KernelExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A kernel's process; tests implement it by a script. */
export interface KernelProcess {
  readonly pid: number | undefined;
  /** Undefined while it runs. */
  readonly exit: KernelExit | undefined;
  /** Resolves at its end; never rejects. */
  readonly exited: Promise<KernelExit>;
  /** Sends SIGINT to the kernel and its children. */
  interrupt(): void;
  /** Ends the kernel and its children: SIGTERM, then SIGKILL. */
  end(): Promise<void>;
  /** The last output outside of the protocol: crashes, children, raw writes. */
  output(): { readonly stdout: string; readonly stderr: string };
}

/** Options of a kernel's process. */
export interface KernelProcessOptions {
  /** The working folder: the notebook's. */
  cwd: string;
  /** The complete environment. */
  env: Readonly<Record<string, string | undefined>>;
  connectionFile: string;
  /** The kernel's user, where this process may switch users. Default: the same. */
  user?: SystemUser | undefined;
}

/** Characters that are kept of each stream. */
const tailLength = 16_384;

/** The time for a kernel to end on request, in milliseconds. */
const endGrace = 500;

/** How long the pipes of an ended kernel are read, in milliseconds. */
const pipeGrace = 200;

/**
 * Starts a kernel's process as the leader of a process group: its children end with it, on Linux also those that
 * left the group, and a Ctrl-C at the terminal reaches only this process. Its stdin is closed, so nothing can wait
 * for input. The group ends with this process, however that ends.
 *
 * @throws DaybookError `KERNEL_START` when there is no such program.
 */
export async function startKernelProcess(
  spec: Kernelspec,
  options: KernelProcessOptions,
): Promise<KernelProcess> {
  const [command, ...args] = spec.argv.map((argument) =>
    argument
      .replaceAll('{connection_file}', options.connectionFile)
      .replaceAll('{resource_dir}', spec.resourceDir ?? ''),
  );
  const mark = randomUUID();
  const child = spawn(command ?? '', args, {
    cwd: options.cwd,
    // Kernels that know the variable end by themselves when this process is killed.
    env: {
      ...options.env,
      ...(options.user === undefined ? {} : surroundingsOf(options.user)),
      JPY_PARENT_PID: String(process.pid),
      ...expandedEnv(spec, options.env),
      // Kernels started by a cell end with it, too.
      [markVariable]: [options.env[markVariable] ?? '', mark].join(' ').trim(),
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    uid: options.user?.uid,
    gid: options.user?.gid,
  });
  const stdout = tailOf(child.stdout);
  const stderr = tailOf(child.stderr);
  let exit: KernelExit | undefined;
  const closed = new Promise((resolve) => child.once('close', resolve));
  const exited = new Promise<KernelExit>((resolve) => {
    child.once('exit', (code, signal) => {
      const ended = { code, signal };
      exit = ended;
      signalGroup(child.pid, 'SIGKILL');
      endMarked(mark);
      forgetKernel(child.pid, mark);
      // The last output may still be in the pipes; a child outside of the group may hold them open.
      void Promise.race([closed, delay(pipeGrace, undefined, { ref: false })]).then(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve(ended);
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      reject(
        new DaybookError('KERNEL_START', `The kernel "${spec.name}" cannot be started`, { cause }),
      );
    });
  });
  if (child.pid !== undefined) killAtExit(child.pid, mark);
  return {
    pid: child.pid,
    get exit() {
      return exit;
    },
    exited,
    interrupt: () => {
      signalGroup(child.pid, 'SIGINT');
    },
    async end() {
      if (exit !== undefined) return;
      signalGroup(child.pid, 'SIGTERM');
      await Promise.race([exited, delay(endGrace, undefined, { ref: false })]);
      signalGroup(child.pid, 'SIGKILL');
      await exited;
    },
    output: () => ({ stdout: stdout(), stderr: stderr() }),
  };
}

/** The environment of a user; our folders of settings and caches are not theirs. */
function surroundingsOf({ name, home }: SystemUser): Record<string, string | undefined> {
  const ours = ['CONFIG_HOME', 'CACHE_HOME', 'DATA_HOME', 'STATE_HOME', 'RUNTIME_DIR'];
  return {
    ...Object.fromEntries(ours.map((folder) => [`XDG_${folder}`, undefined])),
    ...{ HOME: home, USER: name, LOGNAME: name },
  };
}

/** The running kernels, groups by their marks, for {@link killKernels}. */
const liveKernels = new Map<string, number>();

function killAtExit(group: number, mark: string): void {
  if (liveKernels.size === 0) process.on('exit', killKernels);
  liveKernels.set(mark, group);
  guardGroup(group);
  guardMarked(mark);
}

function forgetKernel(group: number | undefined, mark: string): void {
  liveKernels.delete(mark);
  if (group !== undefined) releaseGroup(group);
  releaseMarked(mark);
  if (liveKernels.size === 0) process.off('exit', killKernels);
}

function killKernels(): void {
  for (const [mark, group] of liveKernels) {
    signalGroup(group, 'SIGKILL');
    endMarked(mark);
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group has no process left. EPERM (macOS): only zombies.
  }
}

/** Reads a stream to its end, so that it never blocks, and keeps its last text. */
function tailOf(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    tail = (tail + text).slice(-tailLength);
  });
  stream.on('error', () => undefined);
  return () => tail;
}

function expandedEnv(spec: Kernelspec, env: KernelProcessOptions['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(spec.env).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{(\w+)\}/g, (whole, variable: string) => env[variable] ?? whole),
    ]),
  );
}
