/**
 * Parts of JavaScript as they are before the first cell runs. Cells may change any of them, by purpose or
 * through a library (false clocks, polyfills, `toJSON` for all objects), and the runner has to answer all the
 * same: what carries its protocol uses these, and neither methods nor iterators that a cell can reach. What
 * looks at a cell's values may fail, and is caught.
 */
/* eslint-disable @typescript-eslint/unbound-method -- each is called with the `this` that it is to have */
/* eslint-disable @typescript-eslint/prefer-for-of -- a cell may have changed how arrays are iterated */
import { writeSync } from 'node:fs';

const { apply, defineProperty, setPrototypeOf } = Reflect;
const { bind, call } = Function.prototype;

/** A method as a function that takes its `this` as the first argument. */
function detached(method: (...given: never[]) => unknown): unknown {
  return apply(bind, call, [method]);
}

export const { byteLength } = Buffer;
/** Not by a Buffer, whose own methods cells can change. */
export const encodeText = apply(bind, TextEncoder.prototype.encode, [new TextEncoder()]) as (
  text: string,
) => Uint8Array;
export const { compareExchange, wait } = Atomics;
const { stringify } = JSON;
export const write = writeSync;
export const reflectApply = apply;
export const codeUnitAt = detached(String.prototype.charCodeAt) as (
  text: string,
  at: number,
) => number;
export const sliceOf = detached(String.prototype.slice) as (
  text: string,
  from: number,
  to?: number,
) => string;
/** `name: message` of anything that has the two, as V8 begins a stack with it. */
export const errorHead = detached(Error.prototype.toString) as (error: unknown) => string;

const { isArray } = Array;
const { keys } = Object;
const then = detached(Promise.prototype.then) as (
  promise: Promise<unknown>,
  onValue: (value: never) => void,
  onError?: (error: unknown) => void,
) => Promise<unknown>;

/** What `promise.then` does, for a promise of ours. */
export function whenSettled<T>(
  promise: Promise<T>,
  onValue: (value: T) => void,
  onError?: (error: unknown) => void,
): void {
  // Else the class of the next promise is looked up where cells can put another.
  defineProperty(promise, 'constructor', { value: undefined });
  void then(promise, onValue, onError);
}

interface Jsonable {
  readonly toJSON?: unknown;
}
const shared: readonly Jsonable[] = [Object.prototype, Array.prototype];

/** JSON of a message, whatever `toJSON` a cell has given to all objects. */
export function toJson(message: object): string {
  const isPatched = shared[0]?.toJSON !== undefined || shared[1]?.toJSON !== undefined;
  return stringify(isPatched ? bare(message) : message);
}

/** A copy that inherits nothing. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { toJSON } = value as Jsonable;
  const isOwn = toJSON !== shared[0]?.toJSON && toJSON !== shared[1]?.toJSON;
  if (typeof toJSON === 'function' && isOwn) return bare(apply(toJSON, value, ['']));
  const copy: Record<string, unknown> | unknown[] = isArray(value) ? [] : {};
  const names = keys(value);
  setPrototypeOf(copy, null);
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? '';
    const field = bare((value as Record<string, unknown>)[name]);
    defineProperty(copy, name, { value: field, enumerable: true });
  }
  return copy;
}

const { pop } = Array.prototype;

/**
 * Puts back the one method without which Node.js calls nothing any more, if it does not work.
 *
 * @returns Whether it was broken.
 */
export function repairPop(): boolean {
  try {
    if ([true].pop() === true) return false;
  } catch {
    // It is mended below.
  }
  defineProperty(Array.prototype, 'pop', { value: pop });
  return true;
}
