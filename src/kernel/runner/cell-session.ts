import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { Script } from 'node:vm';
import { cellParameters } from '../../cells/cell-parameters.js';
import { resultBundle } from '../../display/result.js';
import { callInRun, InterruptedError, resume, type CellRun } from './cell-context.js';
import { errorReport } from './error-report.js';
import type { ModuleImporter } from './module-importer.js';
import type { MimeData, RunnerCommand, RunnerEvent } from './protocol.js';
import type { ProjectLoader } from './project-loader.js';

import type { StackTraces } from './stack-trace.js';

type RunCommand = Extract<RunnerCommand, { type: 'run' }>;
type Scope = Record<string, unknown>;
type CellFunction = (...given: unknown[]) => Promise<{ value: unknown } | undefined>;

/** What a {@link CellSession} needs. */
export interface CellSessionOptions {
  readonly folder: string;
  readonly importer: ModuleImporter;
  readonly loader: ProjectLoader;
  readonly stackTraces: StackTraces;
  readonly send: (event: RunnerEvent) => void;
}

/** The cells of a session run one at a time and share one scope. */
export class CellSession {
  readonly #options: CellSessionOptions;
  readonly #scope: Scope = {};
  readonly #fixed: readonly unknown[];
  #current: { run: CellRun; finish: (outcome: Outcome) => void } | undefined;

  constructor(options: CellSessionOptions) {
    this.#options = options;
    const filename = join(options.folder, 'notebook.ts');
    const meta = Object.assign(Object.create(null) as Scope, {
      url: pathToFileURL(filename).href,
      filename,
      dirname: options.folder,
    });
    this.#fixed = [resume, meta, createRequire(filename), filename, options.folder];
  }

  /** Starts a cell; its end is an event. */
  run(command: RunCommand): void {
    const { send, stackTraces, loader, importer } = this.#options;
    const { cell, names, imports } = command;
    const run: CellRun = { cell, isInterrupted: false };
    const before = new Map(
      names.filter((name) => name in this.#scope).map((name) => [name, this.#scope[name]]),
    );
    const isDefined = (name: string) =>
      name in this.#scope && !(before.has(name) && before.get(name) === this.#scope[name]);
    const finish = (outcome: Outcome) => {
      if (this.#current?.run !== run) return;
      if ('value' in outcome) {
        const bundle = callInRun(run, () => bundleOf(outcome.value));
        if (bundle !== undefined) send({ type: 'result', cell, ...bundle });
      }
      send({
        type: 'done',
        cell,
        // A cell that ran to its end has defined what it could, unchanged values included.
        defined: outcome.isComplete ? [...names] : names.filter(isDefined),
        ...('error' in outcome ? { error: errorReport(outcome.error) } : {}),
      });
      // Not before: an interrupt may end this very function, and then begins it anew.
      this.#current = undefined;
    };
    this.#current = { run, finish };
    loader.add(imports.modules);
    stackTraces.add(`In[${cell}]`, { label: `In[${cell}]`, map: command.map, lineOffset: 1 });
    const bind = async (specifier: string, wanted: Record<string, string>) => {
      const bound = await importer.bind(specifier, wanted, imports);
      Object.assign(this.#scope, bound);
    };
    const load = (specifier: unknown) => importer.load(String(specifier), imports);
    callInRun(run, () => {
      let start: CellFunction;
      try {
        start = compile(cell, command.code);
      } catch (error) {
        finish({ error, isComplete: false });
        return;
      }
      start.call(undefined, this.#scope, bind, load, ...this.#fixed).then(
        (result) => {
          // A rejection that nobody handles is known by then, and makes the cell fail.
          setImmediate(finish, { ...result, isComplete: true });
        },
        (error: unknown) => {
          finish({ error, isComplete: false });
        },
      );
    });
  }

  /** Ends a cell if it is running: it and what it started go no further than their next `await`. */
  interrupt(cell: string): void {
    const current = this.#current;
    if (current?.run.cell !== cell) return;
    current.run.isInterrupted = true;
    current.finish({ error: new InterruptedError(), isComplete: false });
  }

  /**
   * Takes an exception that nobody caught: it is an error of the cell that it comes from.
   *
   * @param run - Where it comes from, if that is known; else its stack may tell.
   */
  uncaught(error: unknown, run: CellRun | undefined): void {
    const cell = run?.cell ?? cellInStack(error) ?? this.#current?.run.cell;
    const isRunning = cell !== undefined && this.#current?.run.cell === cell;
    // What an interrupted cell left behind ends this way.
    if (!isRunning && error instanceof InterruptedError) return;
    if (isRunning) {
      this.#current?.finish({ error, isComplete: false });
    } else {
      this.#options.send({ type: 'late-error', cell, error: errorReport(error) });
    }
  }
}

/** The cell whose code threw an error. */
function cellInStack(error: unknown): string | undefined {
  const stack = error instanceof Error ? error.stack : undefined;
  return /^ {4}at .*\bIn\[(.+?)\]:\d+/m.exec(stack ?? '')?.[1];
}

type Outcome = { readonly isComplete: boolean } & (
  { readonly value: unknown } | { readonly error: unknown } | object
);

function compile(cell: string, code: string): CellFunction {
  return new Script(`(async function (${cellParameters.join(', ')}) { "use strict";\n${code}\n})`, {
    filename: `In[${cell}]`,
  }).runInThisContext() as CellFunction;
}

/** The value as an output; what breaks when it is looked at says so. */
function bundleOf(value: unknown): { data: MimeData; metadata: MimeData } | undefined {
  try {
    const data = resultBundle(value);
    return data === undefined ? undefined : { data, metadata: {} };
  } catch (error) {
    const text = `A value that cannot be shown: ${inspect(error, { depth: 0 })}`;
    return { data: { 'text/plain': text }, metadata: {} };
  }
}
