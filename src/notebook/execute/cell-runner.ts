// Execution of one cell on a kernel: request, reply, outputs, timeouts, interrupts.

import { setTimeout as delay } from 'node:timers/promises';
import type { Kernel } from '../../jupyter/kernel.js';
import type { KernelExit } from '../../jupyter/kernel-process.js';
import {
  isMessage,
  type Channel,
  type Message,
  type MessageContents,
} from '../../jupyter/message.js';
import type { JsonObject } from '../../nbformat/notebook.js';
import type { CellLimits } from '../run-settings.js';
import {
  displayIdOf,
  emptyOutputs,
  reduceOutputs,
  type NotebookOutputs,
} from './notebook-outputs.js';

/** The default limits. nbclient waits 4 seconds for `idle`, too. */
export const defaultCellLimits: CellLimits = {
  idleTimeout: 4000,
  interruptGrace: 5000,
  abortTimeout: 10_000,
};

/** The delay before a refused request is sent again; some kernels refuse for 200 ms. */
const abortPause = 25;

/** The cause of an interrupt. */
export type InterruptCause = 'timeout' | 'input';

/** The ending of a cell. */
export type CellEnding =
  | {
      readonly kind: 'replied';
      readonly reply: MessageContents['execute_reply'];
      /** False: the kernel never sent `idle`, so output may be missing. */
      readonly idle: boolean;
      readonly interrupted: InterruptCause | undefined;
    }
  | {
      readonly kind: 'died';
      readonly exit: KernelExit;
      readonly interrupted: InterruptCause | undefined;
    }
  | { readonly kind: 'stopped' }
  /** The kernel refused every request, or cannot run it for another reason: the cell was not run. */
  | { readonly kind: 'refused'; readonly reason?: string };

/** What a kernel gets of a cell. */
export interface CellCode {
  readonly source: string;
  /** The cell's, which JupyterLab sends along, too: our kernel reads the cell's language there. */
  readonly metadata: JsonObject;
}

/** Timestamps by the keys of `metadata.execution`; ISO 8601. */
export type CellTimings = Readonly<Record<string, string>>;

/** Options of {@link CellRunner}. */
export interface CellRunnerOptions {
  limits: CellLimits;
  /** The limit of a cell's output, in characters. */
  outputLimit: number;
  /** Ends the running cell at once. */
  signal: AbortSignal | undefined;
  /** Called with each part of stderr and its cell. */
  onStderr: (cell: number, text: string) => void;
  /** Called with each error of a cell that had ended; it is in the cell's outputs. */
  onLateError: (cell: number, error: MessageContents['error']) => void;
}

/** The request in progress, for the receiving side. */
interface RunningRequest {
  readonly id: string;
  /** A message for it arrived. */
  received(message: Message): void;
  /** The kernel asks for input. */
  inputRequested(): void;
}

/**
 * Runs cells on a kernel, one after another, and collects their outputs. A cell is done when its reply and the
 * kernel's `idle` have both arrived, in either order. Later output of a cell's timers still belongs to the cell.
 */
export class CellRunner {
  readonly #kernel: Kernel;
  readonly #options: CellRunnerOptions;
  readonly #stopListening: () => void;
  readonly #cellOf = new Map<string, number>();
  readonly #displaying = new Set<number>();
  readonly #late = new Set<number>();
  readonly #timings = new Map<number, Record<string, string>>();
  /** Requests of {@link settle} with their callbacks at `idle`. */
  readonly #settling = new Map<string, () => void>();
  #running: RunningRequest | undefined;
  #outputs: NotebookOutputs;

  /** @param cellCount - The number of cells; cells are identified by index. */
  constructor(kernel: Kernel, cellCount: number, options: CellRunnerOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#outputs = emptyOutputs(cellCount);
    this.#stopListening = kernel.listen((channel, message) => {
      this.#receive(channel, message);
    });
  }

  /** The outputs of all cells so far. */
  get outputs(): NotebookOutputs {
    return this.#outputs;
  }

  /** Cells whose displays have ids, so that others may change them. */
  get displaying(): ReadonlySet<number> {
    return this.#displaying;
  }

  /** Cells that showed something after they had ended. */
  get late(): ReadonlySet<number> {
    return this.#late;
  }

  /** Changes the outputs. */
  amend(change: (outputs: NotebookOutputs) => NotebookOutputs): void {
    this.#outputs = change(this.#outputs);
  }

  /** The timestamps of a cell's run; empty when it did not run. */
  timings(cell: number): CellTimings {
    return this.#timings.get(cell) ?? {};
  }

  /** Stops listening to the kernel. */
  close(): void {
    this.#stopListening();
  }

  /**
   * Runs a cell. A request that the kernel refuses because an earlier one failed is sent again: it was not run.
   *
   * @param timeout - Milliseconds until the cell is interrupted.
   * @param mayFail - The run goes on if it fails.
   */
  async run(cell: number, code: CellCode, timeout: number, mayFail = false): Promise<CellEnding> {
    const deadline = performance.now() + this.#options.limits.abortTimeout;
    for (;;) {
      const ending = await this.#runOnce(cell, code, timeout, mayFail);
      if (ending.kind !== 'replied' || !isRefusal(ending.reply)) return ending;
      this.#timings.delete(cell);
      if (performance.now() > deadline) return { kind: 'refused' };
      await delay(abortPause);
    }
  }

  /**
   * Waits until the kernel has published everything so far: it answers in order, so the `idle` of another request
   * comes last. Gives up after the timeout for `idle`.
   */
  async settle(): Promise<void> {
    const { channels, process: kernelProcess } = this.#kernel;
    if (kernelProcess.exit !== undefined) return;
    const message = channels.request('kernel_info_request', {});
    const patience = new AbortController();
    const idle = new Promise<void>((resolve) => this.#settling.set(message.header.msg_id, resolve));
    try {
      await channels.send('shell', message);
      await Promise.race([
        idle,
        kernelProcess.exited,
        delay(this.#options.limits.idleTimeout, undefined, { signal: patience.signal }),
      ]);
    } finally {
      patience.abort();
      this.#settling.delete(message.header.msg_id);
    }
  }

  #runOnce(
    cell: number,
    { source, metadata }: CellCode,
    timeout: number,
    mayFail: boolean,
  ): Promise<CellEnding> {
    const kernel = this.#kernel;
    const { limits, signal } = this.#options;
    const request = {
      code: source,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: !mayFail,
    };
    const message = kernel.channels.request('execute_request', request, metadata);
    const { msg_id: id } = message.header;
    this.#cellOf.set(id, cell);
    return new Promise((resolve, reject) => {
      let ended = false;
      let reply: MessageContents['execute_reply'] | undefined;
      let idle = false;
      let interrupted: InterruptCause | undefined;
      // One state at a time: the cell runs, the interrupt takes effect, `idle` is awaited.
      let timer: NodeJS.Timeout | undefined;
      const wait = (milliseconds: number, then: () => void) => {
        clearTimeout(timer);
        if (milliseconds < longestTimer) timer = setTimeout(then, milliseconds);
      };
      const end = (ending: CellEnding) => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        this.#running = undefined;
        resolve(ending);
      };
      const stop = () => {
        end({ kind: 'stopped' });
      };
      const endReplied = () => {
        if (reply !== undefined) end({ kind: 'replied', reply, idle, interrupted });
      };
      const interrupt = (cause: InterruptCause) => {
        if (reply !== undefined || interrupted !== undefined) return;
        interrupted = cause;
        kernel.interrupt().catch(reject);
        wait(limits.interruptGrace, () => {
          void kernel.process.end();
        });
      };
      this.#running = {
        id,
        received: (received) => {
          if (isMessage(received, 'execute_reply')) reply = received.content;
          if (isIdle(received)) idle = true;
          if (reply !== undefined) {
            if (idle) endReplied();
            else wait(limits.idleTimeout, endReplied);
          }
        },
        inputRequested: () => {
          interrupt('input');
        },
      };
      signal?.addEventListener('abort', stop);
      wait(timeout, () => {
        interrupt('timeout');
      });
      void kernel.process.exited.then(async (exit) => {
        // Published messages are still in transit.
        await Promise.race([
          kernel.channels.iopubEnded,
          delay(limits.idleTimeout, undefined, { ref: false }),
        ]);
        end({ kind: 'died', exit, interrupted });
      });
      if (signal?.aborted === true) stop();
      else kernel.channels.send('shell', message).catch(reject);
    });
  }

  #receive(channel: Channel, message: Message): void {
    const id = message.parentHeader.msg_id ?? '';
    if (isIdle(message)) this.#settling.get(id)?.();
    const cell = this.#cellOf.get(id);
    if (cell === undefined) return;
    if (channel === 'stdin') {
      if (message.header.msg_type === 'input_request' && id === this.#running?.id) {
        this.#running.inputRequested();
      }
      return;
    }
    if (isOutput(message)) {
      if (displayIdOf(message) !== undefined) this.#displaying.add(cell);
      if (id !== this.#running?.id) this.#late.add(cell);
    }
    this.#noteTime(cell, channel, message);
    // A refusal is not a run, although some kernels give it a count.
    if (!isMessage(message, 'execute_reply') || !isRefusal(message.content)) {
      this.#outputs = reduceOutputs(this.#outputs, cell, message, this.#options.outputLimit);
    }
    if (isMessage(message, 'stream') && message.content.name === 'stderr') {
      this.#options.onStderr(cell, message.content.text);
    }
    if (id === this.#running?.id) this.#running.received(message);
    else if (isMessage(message, 'error')) this.#options.onLateError(cell, message.content);
  }

  #noteTime(cell: number, channel: Channel, message: Message): void {
    const { msg_type: type, date } = message.header;
    const state = isMessage(message, 'status') ? message.content.execution_state : undefined;
    const name =
      type === 'execute_reply' || type === 'execute_input'
        ? `${channel}.${type}`
        : state === 'busy' || state === 'idle'
          ? `iopub.status.${state}`
          : undefined;
    if (name === undefined) return;
    const timings = this.#timings.get(cell) ?? {};
    // Some kernels date replies with the start of the cell, so the arrival counts for replies.
    const dated = channel === 'iopub' && !Number.isNaN(Date.parse(date));
    const time = dated ? new Date(date) : new Date();
    this.#timings.set(cell, { ...timings, [name]: time.toISOString() });
  }
}

/** Node.js's longest timer; longer limits count as none. */
const longestTimer = 2 ** 31;

function isIdle(message: Message): boolean {
  return isMessage(message, 'status') && message.content.execution_state === 'idle';
}

/** Whether a message changes what a cell shows. */
function isOutput({ header }: Message): boolean {
  return /^(?:stream|display_data|update_display_data|execute_result|error|clear_output)$/.test(
    header.msg_type,
  );
}

function isRefusal(reply: MessageContents['execute_reply']): boolean {
  return reply.status === 'abort' || reply.status === 'aborted';
}
