// The runner process, from the kernel's side.

import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createMarker, FrameDecoder } from '../frame.js';
import {
  commandDescriptor,
  type RunnerCommand,
  type RunnerEvent,
  type RunnerSync,
} from './protocol.js';

/** How a runner ended. */
export interface RunnerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Options of {@link RunnerProcess}. */
export interface RunnerProcessOptions {
  /** The notebook's folder, absolute. */
  readonly folder: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with the runner's messages in order; raw output comes as `stream` events without a cell. */
  readonly onEvent: (event: RunnerEvent) => void;
  /** Called once, after the last event. */
  readonly onExit: (exit: RunnerExit) => void;
  /** Resolves when more output can be taken; until then the runner's writes block. */
  readonly drained: () => Promise<void>;
}

/** The time for a runner to end on request, in milliseconds. */
const exitGrace = 300;

/** How long processes that left its group may hold the pipes of an ended runner, in milliseconds. */
const pipeGrace = 200;

/** Short output is passed on at this interval at most: milliseconds, characters. */
const flushInterval = 20;
const flushLength = 65_536;

/** The kernel's side of the process that runs cells. */
export class RunnerProcess {
  readonly #child: ChildProcess;
  readonly #options: RunnerProcessOptions;
  readonly #syncs = new Set<string>();
  #done: Extract<RunnerEvent, { type: 'done' }> | undefined;
  /** Output that is not passed on yet: a flood arrives in few large parts. */
  #stream: Extract<RunnerEvent, { type: 'stream' }> | undefined;
  #flushing: NodeJS.Timeout | undefined;
  #lastFlush = 0;

  constructor(options: RunnerProcessOptions) {
    this.#options = options;
    // From src/ and from dist/ it is the compiled file.
    const main = fileURLToPath(new URL('../../../dist/kernel/runner/main.js', import.meta.url));
    this.#child = spawn(process.execPath, [main], {
      cwd: options.cwd,
      env: options.env,
      // A process group of its own: an interrupt reaches the cell's child processes, and they end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const marker = createMarker();
    const ended = Promise.all([
      this.#read(this.#child.stdout, 'stdout', marker),
      this.#read(this.#child.stderr, 'stderr', marker),
    ]);
    this.#commands.on('error', () => undefined);
    this.#child.once('error', () => undefined);
    this.#child.once('exit', (code, signal) => {
      this.#signalGroup('SIGKILL');
      void Promise.race([ended, delay(pipeGrace, undefined, { ref: false })]).then(() => {
        this.#child.stdout?.destroy();
        this.#child.stderr?.destroy();
        options.onExit({ code, signal });
      });
    });
    this.send({ type: 'start', marker, folder: options.folder });
  }

  /** Sends a command. */
  send(command: RunnerCommand): void {
    this.#commands.write(`${JSON.stringify(command)}\n`);
  }

  /** Interrupts the running cell and its child processes. */
  interrupt(cell: string): void {
    this.interruptChildren();
    this.send({ type: 'interrupt', cell });
  }

  /** Interrupts the child processes of cells; the runner itself ignores the signal. */
  interruptChildren(): void {
    this.#signalGroup('SIGINT');
  }

  /** Ends the process and its child processes. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.send({ type: 'exit' });
    await Promise.race([exited, delay(exitGrace, undefined, { ref: false })]);
    this.#signalGroup('SIGKILL');
    await exited;
  }

  /** Ends everything at once, without waiting. */
  kill(): void {
    this.#signalGroup('SIGKILL');
  }

  get #commands(): Duplex {
    return this.#child.stdio[commandDescriptor] as Duplex;
  }

  #read(stream: Readable | null, name: 'stdout' | 'stderr', marker: string): Promise<void> {
    if (stream === null) return Promise.resolve();
    const text = new StringDecoder('utf8');
    const decoder = new FrameDecoder(
      marker,
      (message) => {
        this.#onMessage(message as RunnerEvent | RunnerSync);
      },
      (bytes) => {
        const decoded = text.write(bytes);
        if (decoded !== '') this.#emit({ type: 'stream', cell: undefined, name, text: decoded });
      },
    );
    stream.on('data', (chunk: Buffer) => {
      decoder.write(chunk);
      this.#flushSoon();
      stream.pause();
      void this.#options.drained().then(() => stream.resume());
    });
    return new Promise((resolve) => {
      stream.once('close', () => {
        decoder.end();
        this.#flush();
        resolve();
      });
    });
  }

  /** A cell is done when both of its pipes say so. */
  #onMessage(message: RunnerEvent | RunnerSync): void {
    if (message.type === 'sync') this.#syncs.add(message.cell);
    else if (message.type === 'done') this.#done = message;
    else this.#emit(message);
    if (this.#done === undefined || !this.#syncs.delete(this.#done.cell)) return;
    const done = this.#done;
    this.#done = undefined;
    this.#emit(done);
  }

  #emit(event: RunnerEvent): void {
    const before = this.#stream;
    if (event.type === 'stream' && before?.name === event.name && before.cell === event.cell) {
      this.#stream = { ...event, text: before.text + event.text };
    } else {
      this.#flush();
      if (event.type === 'stream') this.#stream = event;
      else this.#options.onEvent(event);
    }
  }

  /** Passes on the output, a little later if the last time was just before. */
  #flushSoon(): void {
    if (this.#stream === undefined || this.#flushing !== undefined) return;
    const wait = this.#lastFlush + flushInterval - performance.now();
    if (wait <= 0 || this.#stream.text.length >= flushLength) this.#flush();
    else this.#flushing = setTimeout(this.#flush, wait);
  }

  readonly #flush = (): void => {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    this.#lastFlush = performance.now();
    this.#options.onEvent(stream);
  };

  #signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: the group has no process left. EPERM (macOS): only zombies.
    }
  }
}
