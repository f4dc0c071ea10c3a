import { promiseHooks } from 'node:v8';

/**
 * Which cell the running code belongs to: through promises, timers, ticks and microtasks, however late
 * they come. Code that the system calls (a socket's events) belongs to no cell.
 *
 * AsyncLocalStorage would say more, but it keeps a stack of its own below the JavaScript stack (up to
 * Node.js 22), and Node.js aborts when an interrupt ends the one without the other.
 */

/** A cell's run, as everything that the cell has started knows it. */
export interface CellRun {
  readonly cell: string;
  /** Set once: what the cell started goes no further than its next `await`. */
  isInterrupted: boolean;
}

let current: CellRun | undefined;
/** What ran when callbacks of promises began; an index, since a cell can change what `push` does. */
let outer: (CellRun | undefined)[] = [];
let depth = 0;

/** The run that the running code belongs to; undefined: none, or not known. */
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

/** To be called where the stack is empty: an interrupt may have ended it without our noticing. */
export function forgetStack(): void {
  current = undefined;
  outer = [];
  depth = 0;
}

/** Begins to follow promises. */
export function followPromises(): void {
  promiseHooks.createHook({
    init(promise) {
      if (current !== undefined) new Stamp(promise, current);
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
 * Puts a private field onto an object of another class: the constructor of the class above returns
 * that object, so the field lands there. Nobody else can see it, and nothing is as fast.
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

/** What an interrupted cell's code throws. */
export class InterruptedError extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('The cell was interrupted.');
  }
}

/** Called after each `await` of a cell's code: gives the value back, or ends an interrupted cell. */
export function resume<T>(value: T): T {
  if (current?.isInterrupted === true) throw new InterruptedError();
  return value;
}
