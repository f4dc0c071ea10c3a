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

/** A kernel's process as the rest needs it; a scripted kernel in a test is one, too. */
export interface KernelProcess {
  readonly pid: number | undefined;
  /** How it ended; undefined while it runs. */
  readonly exit: KernelExit | undefined;
  /** Resolves when it ended; never rejects. */
  readonly exited: Promise<KernelExit>;
  /** Sends SIGINT to the kernel and its children. */
  interrupt(): void;
  /** Ends the kernel and its children: SIGTERM, and SIGKILL when that does not help. */
  end(): Promise<void>;
  /** The last text that it wrote past the protocol: crashes, children, raw writes. */
  output(): { readonly stdout: string; readonly stderr: string };
}

/** Where and with what a kernel runs. */
export interface KernelProcessOptions {
  /** Its working folder: the notebook's. */
  cwd: string;
  /** Its whole environment. */
  env: Readonly<Record<string, string | undefined>>;
  connectionFile: string;
  /** The user that it runs as, where this process may change users. Default: the same. */
  user?: SystemUser | undefined;
}

/** Characters that are kept of each of the process's own streams. */
const tailLength = 16_384;

/** How long a kernel that was asked to end may take before it is killed, in milliseconds. */
const endGrace = 500;

/** How long the pipes of a kernel that ended are read, in milliseconds. */
const pipeGrace = 200;

/**
 * Starts a kernel's process, the first of a process group of its own: its children end with it, on Linux
 * also those that left the group, and a Ctrl-C at our terminal reaches only us. Its stdin is closed, so nothing can wait for input. When we
 * end, by whatever path, so does the group.
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
    // Kernels that know the variable end when we are killed and cannot end them.
    env: {
      ...options.env,
      ...(options.user === undefined ? {} : surroundingsOf(options.user)),
      JPY_PARENT_PID: String(process.pid),
      ...expandedEnv(spec, options.env),
      // A cell may start kernels of its own: they end with it, too.
      [markVariable]: [options.env[markVariable] ?? '', mark].join(' ').trim(),
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.user === undefined ? {} : { uid: options.user.uid, gid: options.user.gid }),
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
      // Its last words may still be in the pipes; a child that left the group may hold them open.
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

/** What the environment says of a user; our own folders of settings and caches are not theirs. */
function surroundingsOf({ name, home }: SystemUser): Record<string, string | undefined> {
  const ours = ['CONFIG_HOME', 'CACHE_HOME', 'DATA_HOME', 'STATE_HOME', 'RUNTIME_DIR'];
  return {
    ...Object.fromEntries(ours.map((folder) => [`XDG_${folder}`, undefined])),
    ...{ HOME: home, USER: name, LOGNAME: name },
  };
}

/** The kernels that run now, groups by their marks, for {@link killKernels}. */
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
    // ESRCH: nobody of the group is left. EPERM (macOS): only zombies are.
  }
}

/** Reads a stream to its end, so that it never fills up, and keeps its last text. */
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
