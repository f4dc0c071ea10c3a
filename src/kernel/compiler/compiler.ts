// The compiler process, from the kernel's side.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  CompilerQuestions,
  CompilerRequest,
  CompilerResponse,
  CompilerTopic,
} from './protocol.js';
import type { CellSource } from '../../cells/loaded-cell.js';
import { discardSnapshot, snapshotArguments } from '../../cells/compiler/snapshot.js';

type Question<T extends CompilerTopic> = CompilerQuestions[T]['question'];
type Answer<T extends CompilerTopic> = CompilerQuestions[T]['answer'];

/** A cell that later cells depend on. */
interface AcceptedCell {
  readonly source: CellSource;
  readonly cell: string;
  readonly defined: readonly string[];
}

/** The compiler ended before it answered. */
export class CompilerStopped extends Error {
  override readonly name = 'CompilerStopped';
}

/** The most consecutive processes that end without an answer. */
const mostFailures = 3;

/**
 * The kernel's side of the compiler process. A process that ends is replaced by another, which learns the cells so
 * far.
 */
export class Compiler {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  #accepted: AcceptedCell[] = [];
  #process: CompilerProcess;
  #lastSource: CellSource = { source: '' };
  #failures = 0;

  /**
   * @param folder - The notebook's folder, absolute.
   * @param env - The kernel's environment. NODE_OPTIONS is for cells, and would not fit the snapshot.
   */
  constructor(folder: string, env: Readonly<Record<string, string | undefined>>) {
    this.#folder = folder;
    this.#env = { ...env, NODE_OPTIONS: undefined };
    this.#process = this.#start();
  }

  /**
   * Sends a request; answers come in the order of requests.
   *
   * @throws CompilerStopped when the process ends before it has answered.
   */
  async ask<T extends CompilerTopic>(topic: T, question: Question<T>): Promise<Answer<T>> {
    const asked = this.#process;
    try {
      const answer = await asked.ask(topic, question);
      this.#failures = 0;
      return answer;
    } catch (error) {
      // It never worked, as when Node.js cannot use the snapshot: its successor starts without it.
      if (!asked.hasCrashedAtStart || asked === this.#process) throw error;
      return this.ask(topic, question);
    }
  }

  /** Compiles a cell; {@link accept} refers to the last one. */
  compile(source: CellSource): Promise<Answer<'compile'>> {
    this.#lastSource = source;
    return this.ask('compile', source);
  }

  /** Adds the last compiled cell to those that later cells depend on. */
  accept(cell: string, defined: readonly string[]): void {
    this.#accepted.push({ cell, defined, source: this.#lastSource });
    this.ask('accept', { cell, defined }).catch(ignore);
  }

  /** Forgets all cells. */
  reset(): void {
    this.#accepted = [];
    this.ask('start', { folder: this.#folder }).catch(ignore);
  }

  /** Aborts the current request with {@link CompilerStopped}. */
  restart(): void {
    this.#process.close();
    this.#process = this.#start();
  }

  /** Ends the process. */
  close(): void {
    this.#process.close();
  }

  #start(): CompilerProcess {
    // A snapshot that Node.js cannot use ends the process: the next one starts without it.
    const execArgv = this.#failures === 0 ? snapshotArguments(this.#env) : [];
    const started = new CompilerProcess({ execArgv, env: this.#env }, () => {
      this.#failures += 1;
      if (started.hasCrashedAtStart) discardSnapshot(execArgv, started.killedBy);
      if (this.#failures <= mostFailures) this.#process = this.#start();
    });
    started.ask('start', { folder: this.#folder }).catch(ignore);
    for (const { source, cell, defined } of this.#accepted) {
      started.ask('compile', source).catch(ignore);
      started.ask('accept', { cell, defined }).catch(ignore);
    }
    return started;
  }
}

function ignore(): void {
  // The process has ended, and its successor starts anew.
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** A compiler process. */
class CompilerProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isClosed = false;
  #hasAnswered = false;
  /** It ended by itself before its first answer. */
  hasCrashedAtStart = false;
  /** The signal that ended it, if one did. */
  killedBy: NodeJS.Signals | null = null;

  /** @param onExit - Called when the process ends without {@link close}. */
  constructor(options: { execArgv: string[]; env: NodeJS.ProcessEnv }, onExit: () => void) {
    this.#child = fork(fileURLToPath(new URL('./main.js', import.meta.url)), [], {
      ...options,
      // Its standard error goes to the kernel's log.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.on('message', (response: CompilerResponse) => {
      this.#hasAnswered = true;
      const waiting = this.#waiting.get(response.id);
      this.#waiting.delete(response.id);
      if ('error' in response) waiting?.reject(new Error(response.error));
      else waiting?.resolve(response.answer as never);
    });
    this.#child.on('error', () => undefined);
    this.#child.once('exit', (code, signal) => {
      if (this.#isClosed) return;
      this.hasCrashedAtStart = !this.#hasAnswered;
      this.killedBy = signal;
      this.#end(`it ended (${signal ?? `exit code ${code ?? '?'}`})`);
      onExit();
    });
  }

  ask<T extends CompilerTopic>(topic: T, question: Question<T>): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || !this.#child.connected) {
        reject(new CompilerStopped('the compiler has ended'));
        return;
      }
      this.#lastId += 1;
      const request: CompilerRequest<T> = { id: this.#lastId, topic, question };
      this.#waiting.set(request.id, { resolve, reject });
      // On failure the process has ended, and `exit` follows.
      this.#child.send(request, () => undefined);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#end('it was stopped');
    this.#child.kill('SIGKILL');
  }

  #end(reason: string): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(new CompilerStopped(reason));
    this.#waiting.clear();
  }
}
