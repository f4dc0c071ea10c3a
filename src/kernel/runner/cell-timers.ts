// Timers, ticks and microtasks of cells.

import { callInRun, currentRun, type CellRun } from './cell-context.js';
import { reflectApply, whenSettled } from './primordials.js';

type Callback = (...given: unknown[]) => unknown;
type Uncaught = (error: unknown, run: CellRun | undefined) => void;

/**
 * Runs the callbacks of timers, ticks and microtasks as part of the cell that set them.
 *
 * @param uncaught - Called with their errors.
 */
export function installCellTimers(uncaught: Uncaught): void {
  const bound = (callback: Callback): Callback => {
    const run = currentRun();
    return function (this: unknown, ...given) {
      // Callbacks of an interrupted cell are dropped.
      if (run?.isInterrupted === true) return;
      try {
        callInRun(run, () => reflectApply(callback, this, given));
      } catch (error) {
        uncaught(error, run);
      }
    };
  };
  // Node.js keeps a stack of its own below timers, immediates and microtasks, and aborts when an interrupt ends
  // the JavaScript above it. Below a promise's callback there is none.
  const deferred = (callback: Callback): Callback => {
    const call = bound(callback);
    return function (this: unknown, ...given) {
      whenSettled(settled, () => reflectApply(call, this, given));
    };
  };
  globalThis.setTimeout = wrapped(globalThis.setTimeout, deferred);
  globalThis.setInterval = wrapped(globalThis.setInterval, deferred);
  globalThis.setImmediate = wrapped(globalThis.setImmediate, deferred);
  globalThis.queueMicrotask = wrapped((callback: Callback) => {
    whenSettled(settled, callback);
  }, bound);
  process.nextTick = wrapped(process.nextTick.bind(process), bound);
}

const settled = Promise.resolve();

/** The function with its first argument bound; its properties, like its promisified form, stay. */
function wrapped<T extends object>(original: T, bind: (callback: Callback) => Callback): T {
  return new Proxy(original, {
    apply: (target, self, given: unknown[]) => {
      const callback = given[0];
      // The original refuses what is no function, with its own message.
      if (typeof callback === 'function') given[0] = bind(callback as Callback);
      return reflectApply(target as unknown as Callback, self, given);
    },
  });
}
