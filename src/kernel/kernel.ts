// This folder is the TypeScript kernel: one process answers the Jupyter protocol (main.ts, this file), one
// compiles cells and completes names (compiler/), and one runs cells (runner/).

import { isMessage, type Message, type MessageContents } from '../jupyter/message.js';
import { CodeQuestions, noMatches, runsAgain, sourceOf } from './code-questions.js';
import { CellExecutor, type CellOutcome, type CellOutput } from './cell-executor.js';
import { Compiler } from './compiler/compiler.js';
import { debugReply } from './debug-reply.js';
import { answerFormat, formatTarget } from './format-comm.js';
import { History } from './history.js';
import { kernelInfo } from './kernel-info.js';
import { diagnosticsTarget, LiveDiagnostics } from './live-diagnostics.js';
import type { Outlet, Request } from './outlet.js';
import { StaleComm, staleTarget } from './stale-comm.js';
import type { CellError } from './traceback.js';

/** Options of {@link Kernel}. */
export interface KernelOptions {
  /** The notebook's folder, absolute. */
  readonly folder: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly outlet: Outlet;
  /** Called when a client's shutdown request was answered. */
  readonly onShutdown: () => void;
}

interface QueuedRequest {
  readonly request: Request;
  /** Aborted by the failure of an earlier cell. */
  isAborted: boolean;
}

/** Only the code is required. */
type ExecuteRequest = Partial<MessageContents['execute_request']> & { code: string };
type ReplyBase = Pick<MessageContents['execute_reply'], 'payload' | 'user_expressions'>;

/** `name?` asks for documentation, as in IPython. */
const helpPattern = /^\s*([\p{ID_Start}$_][\p{ID_Continue}$.]*)\?\s*$/u;

/**
 * A TypeScript kernel: answers the requests of the Jupyter protocol
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html). Requests on shell are answered in order, those
 * on control at once.
 */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #outlet: Outlet;
  readonly #compiler: Compiler;
  readonly #questions: CodeQuestions;
  readonly #executor: CellExecutor;
  readonly #history = new History();
  readonly #stale: StaleComm;
  readonly #diagnostics: LiveDiagnostics;
  /** The requests of cells; undefined for silent ones, whose output is dropped. */
  readonly #requests = new Map<string, Message | undefined>();
  readonly #queue: QueuedRequest[] = [];
  #isBusy = false;
  #count = 0;
  #unnumbered = 0;

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#outlet = options.outlet;
    this.#compiler = new Compiler(options.folder, options.env);
    this.#questions = new CodeQuestions(this.#compiler);
    this.#stale = new StaleComm((type, content, parent) => {
      this.#outlet.publish(type, content, parent);
    });
    this.#diagnostics = new LiveDiagnostics(options.outlet, (notebook) =>
      this.#compiler.ask('diagnose', notebook),
    );
    this.#executor = new CellExecutor({
      ...options,
      compiler: this.#compiler,
      drained: () => this.#outlet.drained(),
      onOutput: (cell, output) => {
        this.#publish(cell, output);
      },
      onLoss: () => {
        this.#stale.clear();
      },
    });
  }

  /** Queues a request of the shell channel. */
  enqueue(request: Request): void {
    this.#queue.push({ request, isAborted: false });
    if (!this.#isBusy) void this.#work();
  }

  /** Answers a request of the control channel at once. */
  handleControl(request: Request): void {
    void this.#handle(request);
  }

  /** Interrupts the running cell. */
  interrupt(): void {
    this.#executor.interrupt();
  }

  /** Ends the kernel's processes and their child processes. */
  async close(): Promise<void> {
    this.#compiler.close();
    await this.#executor.close();
  }

  /** Like {@link close}, without waiting. */
  kill(): void {
    this.#compiler.close();
    this.#executor.kill();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (next.isAborted) this.#abort(next.request);
      else await this.#handle(next.request);
    }
    this.#isBusy = false;
  }

  async #handle(request: Request): Promise<void> {
    const { message } = request;
    this.#outlet.publish('status', { execution_state: 'busy' }, message);
    try {
      await this.#answer(request);
    } finally {
      this.#outlet.publish('status', { execution_state: 'idle' }, message);
    }
  }

  #abort(request: Request): void {
    const { message } = request;
    this.#outlet.publish('status', { execution_state: 'busy' }, message);
    this.#outlet.reply(request, 'execute_reply', {
      status: 'aborted',
      execution_count: this.#count,
    });
    this.#outlet.publish('status', { execution_state: 'idle' }, message);
  }

  async #answer(request: Request): Promise<void> {
    const { message } = request;
    const reply = <T extends keyof MessageContents>(type: T, content: MessageContents[T]) => {
      this.#outlet.reply(request, type, content);
    };
    if (isMessage(message, 'kernel_info_request')) {
      reply('kernel_info_reply', kernelInfo());
    } else if (isMessage(message, 'execute_request')) {
      await this.#execute(request, message.content);
    } else if (isMessage(message, 'is_complete_request')) {
      const cell = sourceOf(message.content.code, message);
      reply('is_complete_reply', await this.#questions.isComplete(cell));
    } else if (isMessage(message, 'complete_request')) {
      const { code, cursor_pos } = message.content;
      reply(
        'complete_reply',
        (await this.#isOutdated(request))
          ? noMatches(cursor_pos)
          : await this.#questions.complete(sourceOf(code, message), cursor_pos),
      );
    } else if (isMessage(message, 'inspect_request')) {
      const { code, cursor_pos } = message.content;
      reply('inspect_reply', await this.#questions.inspect(sourceOf(code, message), cursor_pos));
    } else if (isMessage(message, 'history_request')) {
      reply('history_reply', { status: 'ok', history: this.#history.find(message.content) });
    } else if (isMessage(message, 'comm_info_request')) {
      const { target_name } = message.content;
      const comms = { ...this.#stale.info(target_name), ...this.#diagnostics.info(target_name) };
      reply('comm_info_reply', { status: 'ok', comms });
    } else if (isMessage(message, 'comm_open')) {
      const { comm_id, target_name } = message.content;
      if (target_name === staleTarget) this.#stale.open(comm_id, message);
      else if (target_name === diagnosticsTarget) this.#diagnostics.open(comm_id);
      else if (target_name === formatTarget)
        await answerFormat(message.content, message, {
          outlet: this.#outlet,
          format: (cell) => this.#compiler.ask('format', cell),
        });
      // The protocol requires refusing an unknown target.
      else this.#outlet.publish('comm_close', { comm_id, data: {} }, message);
    } else if (isMessage(message, 'comm_msg')) {
      const { comm_id, data } = message.content;
      if (!this.#diagnostics.has(comm_id)) this.#stale.receive(data, message);
      // The kernel does not wait for a warehouse that is slow.
      else if (!(await this.#isOutdated(request)))
        void this.#diagnostics.answer(comm_id, data, message);
    } else if (isMessage(message, 'comm_close')) {
      this.#stale.close(message.content.comm_id);
      this.#diagnostics.close(message.content.comm_id);
    } else if (isMessage(message, 'debug_request')) {
      reply('debug_reply', await debugReply(message.content, this.#executor));
    } else if (isMessage(message, 'interrupt_request')) {
      this.interrupt();
      reply('interrupt_reply', { status: 'ok' });
    } else if (isMessage(message, 'shutdown_request')) {
      await this.close();
      reply('shutdown_reply', { status: 'ok', restart: message.content.restart });
      this.#options.onShutdown();
    } else {
      this.#refuse(request);
    }
  }

  /** An unknown request is answered, so that its sender does not wait. */
  #refuse(request: Request): void {
    const { msg_type: type } = request.message.header;
    if (!type.endsWith('_request')) return;
    const name = type.replace(/_request$/, '_reply') as 'execute_reply';
    this.#outlet.reply(request, name, {
      status: 'error',
      ename: 'NotSupported',
      evalue: `This kernel cannot answer a ${type}, or it lacks a field.`,
      traceback: [],
    });
  }

  async #execute(request: Request, content: ExecuteRequest): Promise<void> {
    const { code, silent: isSilent = false, store_history = true, stop_on_error = true } = content;
    const { message } = request;
    const isStored = !isSilent && store_history && code.trim() !== '';
    const again = runsAgain(message);
    const count = again ?? (isStored ? (this.#count += 1) : this.#count);
    const cell = isStored ? String(count) : this.#nextUnnumbered();
    this.#requests.set(cell, isSilent ? undefined : message);
    if (!isSilent) {
      this.#outlet.publish('execute_input', { code, execution_count: count }, message);
    }
    const help = helpPattern.exec(code)?.[1];
    if (help !== undefined) {
      const data = await this.#questions.help(help);
      this.#reply(request, count, { payload: [{ source: 'page', data, start: 0 }] });
      return;
    }
    const isAgain = again !== undefined;
    const outcome = await this.#executor.execute(cell, sourceOf(code, message), isAgain);
    if (isStored && !isAgain) {
      this.#history.add(count, code, plainText(outcome));
      this.#stale.executed(message, code, outcome.run);
    }
    if (outcome.status === 'ok') {
      if (outcome.result !== undefined && !isSilent) {
        const result = { ...outcome.result, execution_count: count };
        this.#outlet.publish('execute_result', result, message);
      }
      this.#reply(request, count, {
        payload: [],
        user_expressions: await this.#evaluate(content.user_expressions ?? {}),
      });
      return;
    }
    if (!isSilent) this.#outlet.publish('error', { ...outcome.error }, message);
    if (stop_on_error) await this.#abortQueued(request);
    this.#outlet.reply(request, 'execute_reply', {
      status: 'error',
      execution_count: count,
      ...outcome.error,
      payload: [],
      user_expressions: {},
    });
  }

  #reply(request: Request, count: number, content: ReplyBase): void {
    this.#outlet.reply(request, 'execute_reply', {
      status: 'ok',
      execution_count: count,
      payload: [],
      user_expressions: {},
      ...content,
    });
  }

  /** Ids of cells without an execution count differ from others. */
  #nextUnnumbered(): string {
    this.#unnumbered += 1;
    return `*${this.#unnumbered}`;
  }

  /** Aborts the cells that are queued by now. */
  async #abortQueued({ socket }: Request): Promise<void> {
    await socket.received();
    for (const queued of this.#queue) {
      if (isMessage(queued.request.message, 'execute_request')) queued.isAborted = true;
    }
  }

  async #evaluate(expressions: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    for (const [name, expression] of Object.entries(expressions)) {
      const cell = this.#nextUnnumbered();
      this.#requests.set(cell, undefined);
      const outcome = await this.#executor.execute(cell, { source: `(${expression}\n)` });
      values[name] =
        outcome.status === 'ok'
          ? {
              status: 'ok',
              ...(outcome.result ?? { data: { 'text/plain': 'undefined' }, metadata: {} }),
            }
          : { status: 'error', ...outcome.error };
    }
    return values;
  }

  /**
   * Front ends send a request at each key: while a text is typed, only the last one needs an answer, and earlier
   * ones would delay it.
   */
  async #isOutdated({ socket, message }: Request): Promise<boolean> {
    await socket.received();
    return this.#queue.some(
      ({ request: { message: later } }) =>
        later.header.msg_type === message.header.msg_type &&
        later.header.session === message.header.session &&
        commOf(later) === commOf(message),
    );
  }

  #publish(cell: string | undefined, output: CellOutput): void {
    const parent = cell === undefined ? undefined : this.#requests.get(cell);
    // A silent cell has no outputs.
    if (cell !== undefined && parent === undefined) return;
    switch (output.type) {
      case 'stream':
        this.#outlet.publish('stream', { name: output.name, text: output.text }, parent);
        return;
      case 'display': {
        const { data, metadata, displayId, isUpdate } = output;
        const transient = displayId === undefined ? {} : { display_id: displayId };
        const type = isUpdate ? 'update_display_data' : 'display_data';
        this.#outlet.publish(type, { data, metadata, transient }, parent);
        return;
      }
      case 'clear':
        this.#outlet.publish('clear_output', { wait: output.wait }, parent);
        return;
      case 'error':
        this.#outlet.publish('error', { ...(output.error satisfies CellError) }, parent);
    }
  }
}

/** The comm that a message belongs to; undefined: none. */
function commOf(message: Message): string | undefined {
  return isMessage(message, 'comm_msg') ? message.content.comm_id : undefined;
}

function plainText(outcome: CellOutcome): string | null {
  if (outcome.status !== 'ok') return null;
  const text = outcome.result?.data['text/plain'];
  return typeof text === 'string' ? text : null;
}
