// Which cell the running code belongs to.

import { promiseHooks } from 'node:v8';

/**
 * The cell that running code belongs to: through promises, timers, ticks and microtasks, however late. Code that
 * the system calls (a socket's events) belongs to no cell.
 * AsyncLocalStorage would cover more, but it keeps a stack of its own below the JavaScript stack (up to Node.js
 * 22), and Node.js aborts when an interrupt ends one without the other.
 */

/** A cell's run, for everything that the cell has started. */
export interface CellRun {
  readonly cell: string;
  /** How many of its promises are not settled. */
  pending: number;
  /** Set once: code that the cell started stops at its next `await`. */
  isInterrupted: boolean;
}

let current: CellRun | undefined;
/** The runs when callbacks of promises began; indexed, since a cell can change `push`. */
let outer: (CellRun | undefined)[] = [];
let depth = 0;

/** The run of the running code; undefined: none, or unknown. */
export function currentRun(): CellRun | undefined {
  return current;
}

/** Calls a function as part of a run. */
export function callInRun<T>(run: CellRun | undefined, call: () => T): T {
  const before = current;
  current = run;
  try {
    return call();
  } finally {
    current = before;
  }
}

/** The run in which a promise was made. */
export function runOfPromise(promise: Promise<unknown>): CellRun | undefined {
  return Stamp.read(promise);
}

/** Called where the stack is empty: an interrupt may have ended it unnoticed. */
export function forgetStack(): void {
  current = undefined;
  outer = [];
  depth = 0;
}

/** Begins to track promises. */
export function followPromises(): void {
  promiseHooks.createHook({
    init(promise) {
      if (current === undefined) return;
      new Stamp(promise, current);
      current.pending += 1;
    },
    settled(promise) {
      const run = Stamp.read(promise);
      if (run !== undefined) run.pending -= 1;
    },
    before(promise) {
      outer[depth] = current;
      depth += 1;
      current = Stamp.read(promise);
    },
    after() {
      depth = depth === 0 ? 0 : depth - 1;
      current = outer[depth];
    },
  });
}

const Itself = function (object: object) {
  return object;
} as unknown as new (object: object) => object;

/**
 * Puts a private field onto an object of another class: the constructor of the base class returns that object, so
 * it gets the field. It is invisible to others, and the fastest way.
 */
class Stamp extends Itself {
  readonly #run: CellRun;

  constructor(promise: Promise<unknown>, run: CellRun) {
    super(promise);
    this.#run = run;
  }

  static read(promise: object): CellRun | undefined {
    return #run in promise ? promise.#run : undefined;
  }
}

/** The error that an interrupted cell's code throws. */
export class InterruptedError extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('The cell was interrupted.');
  }
}

/** Called after each `await` of a cell's code: returns the value, or ends an interrupted cell. */
export function resume<T>(value: T): T {
  if (current?.isInterrupted === true) throw new InterruptedError();
  return value;
}
