// The session of cells in the runner: shared scope, current cell, late errors.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect, types } from 'node:util';
import { Script } from 'node:vm';
import { resultBundle } from '../../display/result.js';
import { callInRun, InterruptedError, resume, type CellRun } from './cell-context.js';
import { variableBundle, variablesOf } from './cell-variables.js';
import { errorReport, isError } from './error-report.js';
import type { ModuleImporter } from './module-importer.js';
import { repairPop, reflectApply, whenSettled } from './primordials.js';
import { ValueWatch } from './value-watch.js';
import type { ErrorReport, MimeData, RunnerCommand, RunnerEvent } from './protocol.js';
import type { ProjectLoader } from './project-loader.js';
import type { StackTraces } from './stack-trace.js';
import { cellParameters } from '../../cells/emit/cell-parameters.js';

type RunCommand = Extract<RunnerCommand, { type: 'run' }>;
type LookCommand = Extract<RunnerCommand, { type: 'look' }>;
type InspectCommand = Extract<RunnerCommand, { type: 'inspect' }>;
type Scope = Record<string, unknown>;
const { isPromise } = types;

/** Options of {@link CellSession}. */
export interface CellSessionOptions {
  readonly folder: string;
  readonly importer: ModuleImporter;
  readonly loader: ProjectLoader;
  readonly stackTraces: StackTraces;
  readonly send: (event: RunnerEvent) => void;
  /** Calls a function of this run after all callbacks that are due. */
  readonly later: (call: () => void) => void;
}

/** Runs cells one at a time in a shared scope. */
export class CellSession {
  readonly #options: CellSessionOptions;
  /** Without a prototype: a cell may declare any name, such as `toString` and `__proto__`. */
  readonly #scope = Object.create(null) as Scope;
  readonly #meta: Scope;
  readonly #require: NodeJS.Require;
  readonly #filename: string;
  /** The names that cells have declared, imports included. */
  readonly #declared = Object.create(null) as Record<string, true>;
  /** What cells have imported; a name that has another value now is no import any more. */
  readonly #imported = Object.create(null) as Scope;
  /** The last run of each cell. */
  readonly #runs = new Map<string, CellRun>();
  #values: ValueWatch | undefined;
  #current: { run: CellRun; finish: (outcome: Outcome) => void } | undefined;

  constructor(options: CellSessionOptions) {
    this.#options = options;
    const filename = join(options.folder, 'notebook.ts');
    this.#filename = filename;
    this.#require = createRequire(filename);
    this.#meta = Object.assign(Object.create(null) as Scope, {
      url: pathToFileURL(filename).href,
      filename,
      dirname: options.folder,
    });
  }

  /** Starts a cell; its end is an event. */
  run(command: RunCommand): void {
    const { cell, code, map, names, imports } = command;
    const { stackTraces, loader, importer } = this.#options;
    const run: CellRun = { cell, pending: 0, isInterrupted: false };
    this.#runs.set(cell, run);
    const isDefined = this.#watch(names);
    const finish = (outcome: Outcome) => {
      if (this.#current?.run === run) this.#finish(run, names, outcome, isDefined);
    };
    const fail = (error: unknown) => {
      finish({ kind: 'error', error });
    };
    const pass = (result: [unknown] | undefined) => {
      // An unhandled rejection is known by then, and fails the cell.
      this.#options.later(() => {
        finish(result === undefined ? { kind: 'nothing' } : { kind: 'value', value: result[0] });
      });
    };
    this.#current = { run, finish };
    const bind = async (specifier: string, wanted: Record<string, string>) => {
      const bound = await importer.bind(specifier, wanted, imports);
      Object.assign(this.#scope, bound);
      Object.assign(this.#imported, bound);
    };
    const load = (specifier: unknown) => importer.load(String(specifier), imports);
    callInRun(run, () => {
      try {
        loader.add(imports.modules);
        stackTraces.add(`In[${cell}]`, { label: `In[${cell}]`, map, lineOffset: 1 });
        const start = cellFunction(`In[${cell}]`, code);
        const returned = reflectApply(start, undefined, [
          this.#scope,
          bind,
          load,
          resume,
          this.#meta,
          this.#require,
          this.#filename,
          this.#options.folder,
        ]);
        whenSettled(
          returned,
          (result) => {
            if (result === undefined || !isPromise(result[0])) pass(result);
            // A promise as the last expression is awaited.
            else whenSettled(awaited(result[0]), pass, fail);
          },
          fail,
        );
      } catch (error) {
        fail(error);
      }
    });
  }

  #finish(run: CellRun, names: readonly string[], end: Outcome, isDefined: IsDefined): void {
    const { send } = this.#options;
    const { cell } = run;
    const outcome: Outcome = repairPop() ? { kind: 'error', error: new TypeError(brokenPop) } : end;
    if (outcome.kind === 'value') {
      const bundle = callInRun(run, () => bundleOf(outcome.value));
      if (bundle !== undefined) send({ type: 'result', cell, ...bundle });
    }
    const defined: string[] = [];
    for (let at = 0; at < names.length; at += 1) {
      // A cell that succeeded has defined all its names, unchanged values included.
      if (outcome.kind === 'error' && !isDefined(at)) continue;
      defined[defined.length] = names[at] ?? '';
      this.#declared[names[at] ?? ''] = true;
    }
    const error = outcome.kind === 'error' ? { error: this.#report(outcome.error) } : {};
    send({ type: 'done', cell, defined, ...error });
    // Not earlier: an interrupt may end this very function, which is then called again.
    this.#current = undefined;
  }

  /** Answers with the variables, or with one of them. */
  inspect({ id, name }: InspectCommand): void {
    const { send } = this.#options;
    if (name !== undefined) {
      const data = name in this.#declared ? variableBundle(name, this.#scope) : undefined;
      send({ type: 'inspected', id, variables: [], data });
      return;
    }
    const given = { declared: this.#declared, imported: this.#imported, scope: this.#scope };
    send({ type: 'inspected', id, variables: variablesOf(given) });
  }

  /** Answers whether the names of cells are what they were. */
  look({ id, names, forget }: LookCommand): void {
    const { send, later } = this.#options;
    // What is due comes first.
    later(() => {
      send({ type: 'looked', id, finding: this.#finding(names) });
      for (const name of forget) {
        Reflect.deleteProperty(this.#scope, name);
        Reflect.deleteProperty(this.#declared, name);
      }
    });
  }

  #finding(names: LookCommand['names']): string | undefined {
    for (const { cell, pending } of this.#runs.values()) {
      if (pending > 0) return `a promise of In[${cell}] is still pending`;
    }
    try {
      this.#values ??= new ValueWatch(this.#scope);
      return this.#values.look(names);
    } catch (error) {
      return `its values cannot be looked at: ${reasonOf(error)}`;
    }
  }

  #report(error: unknown): ErrorReport {
    return errorReport(error, (frames) => this.#options.stackTraces.inSources(frames));
  }

  /** Returns a function that tells whether each name has got another value. */
  #watch(names: readonly string[]): IsDefined {
    const before: unknown[] = [];
    for (let at = 0; at < names.length; at += 1) before[at] = this.#valueOf(names[at] ?? '');
    return (at) => {
      const now = this.#valueOf(names[at] ?? '');
      return now !== absent && now !== before[at];
    };
  }

  #valueOf(name: string): unknown {
    return name in this.#scope ? this.#scope[name] : absent;
  }

  /** Interrupts a cell if it is running: its code stops at the next `await`. */
  interrupt(cell: string): void {
    const current = this.#current;
    if (current?.run.cell !== cell) return;
    current.run.isInterrupted = true;
    current.finish({ kind: 'error', error: new InterruptedError() });
  }

  /**
   * Handles an uncaught exception: an error of the cell that it comes from.
   *
   * @param run - The run that it comes from, if known; otherwise its stack may identify the cell.
   */
  uncaught(error: unknown, run: CellRun | undefined): void {
    const cell = run?.cell ?? cellInStack(error) ?? this.#current?.run.cell;
    const isRunning = cell !== undefined && this.#current?.run.cell === cell;
    // Leftover code of an interrupted cell ends this way.
    if (!isRunning && error instanceof InterruptedError) return;
    if (isRunning) {
      this.#current?.finish({ kind: 'error', error });
    } else {
      this.#options.send({ type: 'late-error', cell, error: this.#report(error) });
    }
  }
}

/** The cell whose code threw an error. */
function cellInStack(error: unknown): string | undefined {
  try {
    const stack = isError(error) ? error.stack : undefined;
    return /^ {4}at .*\bIn\[(.+?)\]:\d+/m.exec(stack ?? '')?.[1];
  } catch {
    return undefined; // reading what was thrown throws
  }
}

type Outcome =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: unknown };

const brokenPop =
  'The cell has changed Array.prototype.pop, without which Node.js cannot run: it is back as it was.';

/** Whether the name at this index has got a value. */
type IsDefined = (at: number) => boolean;

/** The marker of a name without a value. */
const absent = Symbol('absent');

/** The value that a promise resolves to, in a list. */
async function awaited(promise: Promise<unknown>): Promise<[value: unknown]> {
  return [await promise];
}

interface ResultData {
  readonly data: MimeData;
  readonly metadata: MimeData;
}

/** The value as an output; an error of its inspection becomes text. */
function bundleOf(value: unknown): ResultData | undefined {
  try {
    const data = resultBundle(value);
    if (data === undefined) return undefined;
    if (typeof data['text/plain'] === 'string') return { data, metadata: {} };
    return textResult('A value that cannot be shown.');
  } catch (error) {
    return textResult(`A value that cannot be shown: ${reasonOf(error)}`);
  }
}

function textResult(text: string): ResultData {
  return { data: { 'text/plain': text }, metadata: {} };
}

function reasonOf(error: unknown): string {
  try {
    const reason: unknown = inspect(error, { depth: 0 });
    return typeof reason === 'string' ? reason : typeof error;
  } catch {
    return typeof error;
  }
}

/** A compiled cell, which resolves to the value of its last expression as the only element of an array. */
type CellFunction = (...given: unknown[]) => Promise<[value: unknown] | undefined>;

/**
 * Makes a function of a compiled cell, whose first line is the second one of the script.
 *
 * @param name - The cell's name in stack traces.
 * @throws SyntaxError
 */
export function cellFunction(name: string, code: string): CellFunction {
  // The block lets a cell declare a class with a parameter's name.
  return new Script(
    `(async function (${cellParameters.join(', ')}) { "use strict"; {\n${code}\n} })`,
    { filename: name },
  ).runInThisContext() as CellFunction;
}
