// Execution of a cell in the kernel: compile, then run.

import { isDeepStrictEqual } from 'node:util';
import { hasValue } from '../cells/names/declared-name.js';
import type { CompiledCell } from '../cells/compiled-cell.js';
import type { CellSource } from '../cells/loaded-cell.js';
import { CompilerStopped, type Compiler } from './compiler/compiler.js';
import type { ErrorReport, Look, MimeData, RunnerEvent, Variable } from './runner/protocol.js';
import {
  RunnerProcess,
  type RunnerExit,
  type RunnerProcessOptions,
} from './runner/runner-process.js';
import type { CellRun } from './stale-cells.js';
import { thrownError, typeError, type CellError } from './traceback.js';

/** A MIME bundle. */
export interface Bundle {
  readonly data: MimeData;
  readonly metadata: MimeData;
}

/** The outcome of a cell; `run` is undefined when it did not come to run, or its process has ended. */
export type CellOutcome = { readonly run?: CellRun } & (
  | { readonly status: 'ok'; readonly result: Bundle | undefined }
  | { readonly status: 'error'; readonly error: CellError }
);

/** An output of a cell, during its run or later. */
export type CellOutput =
  | Extract<RunnerEvent, { type: 'stream' | 'display' | 'clear' }>
  | { readonly type: 'error'; readonly error: CellError };

/** Options of {@link CellExecutor}. */
export interface CellExecutorOptions extends Pick<
  RunnerProcessOptions,
  'folder' | 'cwd' | 'env' | 'drained'
> {
  readonly compiler: Compiler;
  /** Called with each output and its cell; undefined: no cell has run yet. */
  readonly onOutput: (cell: string | undefined, output: CellOutput) => void;
  /** Called when the declarations of all cells are lost. */
  readonly onLoss: () => void;
}

type Inspected = Extract<RunnerEvent, { type: 'inspected' }>;

interface RunningCell {
  readonly cell: string;
  isInterrupted: boolean;
  result: Bundle | undefined;
  /** Set while its code runs; before that it is compiled. */
  ended?: (end: Extract<RunnerEvent, { type: 'done' }> | RunnerExit) => void;
}

/** The time limit of an interrupted compilation, in milliseconds. */
const compileGrace = 1000;

/** The interval at which an interrupt is repeated to child processes, in milliseconds. */
const childInterval = 200;

/** Compiles and runs cells, one at a time. */
export class CellExecutor {
  readonly #options: CellExecutorOptions;
  readonly #sources = new Map<string, string>();
  readonly #compiled = new Map<
    string,
    { readonly code: CellSource; readonly cell: CompiledCell }
  >();
  #runner: RunnerProcess;
  #running: RunningCell | undefined;
  #last: string | undefined;
  #isClosed = false;
  /** Pending requests for variables, by their number. */
  readonly #inspections = new Map<number, (found: Inspected | undefined) => void>();
  /** Who waits for an answer to {@link look}. */
  readonly #looks = new Map<number, (finding: string | undefined) => void>();
  #inspected = 0;

  constructor(options: CellExecutorOptions) {
    this.#options = options;
    this.#runner = this.#startRunner();
  }

  /**
   * Runs a cell to its end.
   *
   * @param cell - The unique id of the cell in outputs and tracebacks.
   * @param isAgain - It ran before under this id: where its text is the same, so is its JavaScript.
   */
  async execute(cell: string, code: CellSource, isAgain = false): Promise<CellOutcome> {
    this.#sources.set(cell, code.source);
    const running: RunningCell = { cell, isInterrupted: false, result: undefined };
    this.#running = running;
    this.#last = cell;
    try {
      const before = isAgain ? this.#compiled.get(cell) : undefined;
      const isSame = before !== undefined && isDeepStrictEqual(before.code, code);
      const compiled = isSame ? before : await this.#compile(running, code);
      if ('cell' in compiled) this.#compiled.set(cell, { code, cell: compiled.cell });
      return 'error' in compiled
        ? { status: 'error', error: compiled.error }
        : await this.#run(running, compiled.cell, isSame);
    } finally {
      this.#running = undefined;
    }
  }

  /** Interrupts the running cell. */
  interrupt(): void {
    const running = this.#running;
    if (running === undefined) return;
    running.isInterrupted = true;
    if (running.ended !== undefined) {
      this.#runner.interrupt(running.cell);
      // A child process may just be starting.
      const again = setInterval(() => {
        if (this.#running === running) this.#runner.interruptChildren();
        else clearInterval(again);
      }, childInterval);
    } else {
      setTimeout(() => {
        if (this.#running === running && running.ended === undefined) {
          this.#options.compiler.restart();
        }
      }, compileGrace).unref();
    }
  }

  /** What the cells have declared; nothing of a runner that ends before it answers. */
  async variables(): Promise<readonly Variable[]> {
    return (await this.#inspect())?.variables ?? [];
  }

  /** A variable as a cell would show it; undefined: there is none of that name. */
  async show(name: string): Promise<MimeData | undefined> {
    return (await this.#inspect(name))?.data;
  }

  /** What of the names of cells is another than before, in a few words; undefined: nothing. */
  look(what: Look): Promise<string | undefined> {
    this.#inspected += 1;
    const id = this.#inspected;
    return new Promise((resolve) => {
      this.#looks.set(id, resolve);
      this.#runner.send({ type: 'look', id, ...what });
    });
  }

  #inspect(name?: string): Promise<Inspected | undefined> {
    this.#inspected += 1;
    const id = this.#inspected;
    return new Promise((resolve) => {
      this.#inspections.set(id, resolve);
      this.#runner.send({ type: 'inspect', id, ...(name === undefined ? {} : { name }) });
    });
  }

  /** Ends the runner and all its child processes. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#runner.stop();
  }

  /** Like {@link close}, without waiting. */
  kill(): void {
    this.#isClosed = true;
    this.#runner.kill();
  }

  async #compile(
    running: RunningCell,
    code: CellSource,
  ): Promise<{ cell: CompiledCell } | { error: CellError }> {
    try {
      const compilation = await this.#options.compiler.compile(code);
      if (running.isInterrupted) return { error: this.#thrown(interruption([])) };
      return compilation.status === 'ok'
        ? { cell: compilation.cell }
        : { error: typeError(compilation.diagnostics, running.cell, code.source) };
    } catch (error) {
      if (running.isInterrupted) return { error: this.#thrown(interruption([])) };
      const reason = error instanceof Error ? error.message : String(error);
      const name = error instanceof CompilerStopped ? 'CompilerStopped' : 'CompilerFault';
      return {
        error: this.#thrown({
          name,
          message: 'The cell could not be compiled, which is a fault of the kernel.',
          stack: [],
          details: reason,
        }),
      };
    }
  }

  async #run(running: RunningCell, compiled: CompiledCell, isKnown: boolean): Promise<CellOutcome> {
    const { cell } = running;
    const { code, map, declares, uses, imports } = compiled;
    const names = declares.filter(hasValue).map(({ name }) => name);
    const end = await new Promise<Parameters<NonNullable<RunningCell['ended']>>[0]>((resolve) => {
      running.ended = resolve;
      this.#runner.send({ type: 'run', cell, code, map, names, imports });
    });
    if (!('type' in end)) return { status: 'error', error: this.#thrown(processEnded(end)) };
    const { error } = end;
    const types = declares.filter((declared) => !hasValue(declared)).map(({ name }) => name);
    const defined = [...end.defined, ...types];
    if (!isKnown) this.#options.compiler.accept(cell, defined);
    const others = uses.filter(({ isOwn }) => !isOwn);
    const run = {
      reads: [...new Set(others.map(({ name }) => name))],
      writes: [...defined, ...others.flatMap(({ name, isChanged }) => (isChanged ? [name] : []))],
    };
    if (error === undefined) return { run, status: 'ok', result: running.result };
    const report = running.isInterrupted ? interruption(error.stack) : error;
    return { run, status: 'error', error: this.#thrown(report) };
  }

  #thrown(report: ErrorReport): CellError {
    return thrownError(report, this.#sources);
  }

  #startRunner(): RunnerProcess {
    const { folder, cwd, env, drained } = this.#options;
    return new RunnerProcess({
      folder,
      cwd,
      env,
      drained,
      onEvent: (event) => {
        this.#onEvent(event);
      },
      onExit: (exit) => {
        this.#replaceRunner(exit);
      },
    });
  }

  #onEvent(event: RunnerEvent): void {
    const { onOutput } = this.#options;
    switch (event.type) {
      case 'ready':
        return;
      case 'done':
        if (event.cell === this.#running?.cell) this.#running.ended?.(event);
        return;
      case 'result':
        if (event.cell !== this.#running?.cell) return;
        this.#running.result = { data: event.data, metadata: event.metadata };
        return;
      case 'inspected':
        this.#inspections.get(event.id)?.(event);
        this.#inspections.delete(event.id);
        return;
      case 'looked':
        this.#looks.get(event.id)?.(event.finding);
        this.#looks.delete(event.id);
        return;
      case 'late-error':
        onOutput(event.cell ?? this.#last, { type: 'error', error: this.#thrown(event.error) });
        return;
      default:
        onOutput(event.cell ?? this.#last, event);
    }
  }

  /** The runner has ended, and the declarations of cells are lost. */
  #replaceRunner(exit: RunnerExit): void {
    for (const resolve of this.#inspections.values()) resolve(undefined);
    this.#inspections.clear();
    for (const resolve of this.#looks.values()) resolve('the process of the cells ended');
    this.#looks.clear();
    this.#compiled.clear();
    if (this.#isClosed) return;
    this.#options.compiler.reset();
    this.#options.onLoss();
    this.#runner = this.#startRunner();
    const ended = this.#running?.ended;
    if (ended !== undefined) ended(exit);
    else {
      const error = this.#thrown(processEnded(exit));
      this.#options.onOutput(this.#last, { type: 'error', error });
    }
  }
}

function interruption(stack: readonly string[]): ErrorReport {
  return { name: 'Interrupted', message: 'The cell was interrupted.', stack, details: '' };
}

function processEnded({ code, signal }: RunnerExit): ErrorReport {
  const how = signal === null ? `ended with exit code ${code ?? '?'}` : `was ended by ${signal}`;
  return {
    name: 'ProcessEnded',
    message: `The process of the cells ${how}.`,
    stack: [],
    details: 'Its variables are gone: run the cells from the top again.',
  };
}
