// Whether values of cells, and the JavaScript that they share, are still what they were.

import { types } from 'node:util';

type Key = string | symbol;

/**
 * How a name is looked at: a `value` may hold no function, because nobody can see what a function closes over; `closed`:
 * its functions close over names that cells share; an `import` is taken for what it is.
 */
export type WatchedAs = 'value' | 'closed' | 'import';

/** A value as it was. Nothing of it is copied but what can change. */
interface Recorded {
  readonly prototype: unknown;
  readonly keys: readonly Key[];
  readonly parts: readonly unknown[];
  /** What a map, a set, a date or a buffer holds. */
  readonly inside: readonly unknown[] | Buffer | number | undefined;
}

/** Why a value cannot be watched. */
class Unseen extends Error {}

const { getOwnPropertyDescriptor, getPrototypeOf, is } = Object;
const { ownKeys } = Reflect;

/** The prototypes of values that hold nothing hidden. */
const plain: ReadonlySet<unknown> = new Set([
  null,
  ...[Object, Array, Function, Map, Set, Date, RegExp, ArrayBuffer].map(
    ({ prototype }): unknown => prototype,
  ),
  ...[Error, TypeError, RangeError, SyntaxError, EvalError, URIError, ReferenceError].map(
    ({ prototype }): unknown => prototype,
  ),
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array].map(
    ({ prototype }): unknown => prototype,
  ),
  ...[Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array].map(
    ({ prototype }): unknown => prototype,
  ),
  Buffer.prototype,
  getPrototypeOf(async () => Promise.resolve()) as unknown,
]);

/**
 * Remembers values when it first sees them, and tells of a difference later. Objects are compared part by part, by
 * identity, so nothing of a value is called and nothing is copied.
 */
export class ValueWatch {
  readonly #scope: Readonly<Record<string, unknown>>;
  readonly #names = new Map<string, { readonly value: unknown; readonly objects: Set<object> }>();
  readonly #objects = new Map<object, Recorded>();
  #world: ReadonlyMap<string, unknown> | undefined;

  /** @param scope - The names of cells. */
  constructor(scope: Readonly<Record<string, unknown>>) {
    this.#scope = scope;
  }

  /**
   * Looks at names, and at those that it knows.
   *
   * @returns What is another than before, or what cannot be seen, in a few words; undefined: nothing.
   */
  look(names: Readonly<Record<string, WatchedAs>>): string | undefined {
    const world = worldNow();
    this.#world ??= world;
    const changed = differentPart(this.#world, world);
    if (changed !== undefined) return `${changed} was changed`;
    for (const [name, { value, objects }] of this.#names) {
      if (!is(this.#scope[name], value)) return `${name} got another value`;
      for (const object of objects) {
        const before = this.#objects.get(object);
        if (before !== undefined && !isSame(before, object)) return `${name} was changed`;
      }
    }
    const { opaque, prototypes } = this.#known(names);
    for (const [name, as] of Object.entries(names)) {
      if (this.#names.has(name)) continue;
      const value = this.#scope[name];
      const objects = new Set<object>();
      try {
        if (as !== 'import') this.#record(value, { opaque, prototypes, objects, as });
      } catch (error) {
        if (error instanceof Unseen) return `${name} holds ${error.message}`;
        throw error;
      }
      this.#names.set(name, { value, objects });
    }
    return undefined;
  }

  /** Values that are taken for what they are, and the prototypes of classes that hide nothing. */
  #known(names: Readonly<Record<string, WatchedAs>>) {
    const opaque = new Set<unknown>();
    const prototypes = new Set<unknown>(plain);
    const addClass = (value: unknown) => {
      const prototype =
        typeof value === 'function' ? getOwnPropertyDescriptor(value, 'prototype') : undefined;
      if (prototype?.value !== undefined) prototypes.add(prototype.value);
    };
    for (const [name, as] of Object.entries(names)) {
      const value = this.#scope[name];
      if (as === 'import') {
        opaque.add(value);
        if (types.isModuleNamespaceObject(value)) Object.values(value as object).forEach(addClass);
      }
      if (as !== 'value') addClass(value);
    }
    return { opaque, prototypes };
  }

  #record(
    root: unknown,
    given: {
      readonly opaque: ReadonlySet<unknown>;
      readonly prototypes: ReadonlySet<unknown>;
      readonly objects: Set<object>;
      readonly as: WatchedAs;
    },
  ): void {
    const { opaque, prototypes, objects, as } = given;
    const waiting: unknown[] = [root];
    while (waiting.length > 0) {
      const value = waiting.pop();
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
      if (objects.has(value) || opaque.has(value)) continue;
      if (types.isProxy(value)) throw new Unseen('a proxy');
      if (typeof value === 'function' && as !== 'closed') {
        throw new Unseen('a function, whose variables nobody can see');
      }
      const recorded = recordOf(value);
      if (!prototypes.has(recorded.prototype))
        throw new Unseen(`an object of a class (${classOf(value)})`);
      objects.add(value);
      this.#objects.set(value, recorded);
      for (const part of recorded.parts) waiting.push(part);
      if (Array.isArray(recorded.inside)) for (const part of recorded.inside) waiting.push(part);
    }
  }
}

function classOf(value: object): string {
  const made: unknown = getOwnPropertyDescriptor(getPrototypeOf(value) ?? {}, 'constructor')?.value;
  return typeof made === 'function' && made.name !== '' ? made.name : 'without a name';
}

/** @throws Unseen for an object with a getter. */
function recordOf(value: object): Recorded {
  const keys = keysOf(value);
  const parts = keys.map((key) => {
    const property = getOwnPropertyDescriptor(value, key);
    if (property !== undefined && !('value' in property)) throw new Unseen('a getter');
    return property?.value as unknown;
  });
  return { prototype: getPrototypeOf(value), keys, parts, inside: insideOf(value) };
}

function keysOf(value: object): Key[] {
  // The elements of a typed array are its bytes.
  return ArrayBuffer.isView(value) ? [] : ownKeys(value);
}

function insideOf(value: object): Recorded['inside'] {
  if (types.isMap(value)) return [...value.entries()].flat();
  if (types.isSet(value)) return [...value];
  if (types.isDate(value)) return value.getTime();
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  }
  return types.isAnyArrayBuffer(value) ? Buffer.from(Buffer.from(value)) : undefined;
}

function isSame({ prototype, keys, parts, inside }: Recorded, value: object): boolean {
  if (getPrototypeOf(value) !== prototype) return false;
  const now = keysOf(value);
  if (now.length !== keys.length) return false;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as string;
    if (now[at] !== key || !is((value as Record<string, unknown>)[key], parts[at])) return false;
  }
  const held = insideOf(value);
  if (Buffer.isBuffer(inside)) return Buffer.isBuffer(held) && inside.equals(held);
  if (!Array.isArray(inside)) return is(held, inside);
  const before: readonly unknown[] = inside;
  return (
    Array.isArray(held) &&
    held.length === before.length &&
    held.every((part, index) => is(part, before[index]))
  );
}

/** The parts of JavaScript, and of the process, that all code has in common, by what they are called. */
function worldNow(): ReadonlyMap<string, unknown> {
  const parts = new Map<string, unknown>();
  const add = (of: string, value: object) => {
    for (const key of ownKeys(value)) {
      const property: { get?: unknown; value?: unknown } | undefined = getOwnPropertyDescriptor(
        value,
        key,
      );
      parts.set(`${of}.${String(key)}`, property?.get ?? property?.value);
    }
  };
  add('globalThis', globalThis);
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value: unknown = getOwnPropertyDescriptor(globalThis, name)?.value;
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue;
    if (value === globalThis || value === process) continue;
    add(name, value);
    const prototype: unknown = getOwnPropertyDescriptor(value, 'prototype')?.value;
    if (typeof prototype === 'object' && prototype !== null) add(`${name}.prototype`, prototype);
  }
  // It is the cells' own environment: they may change it.
  // eslint-disable-next-line no-restricted-properties
  for (const [name, value] of Object.entries(process.env)) parts.set(`process.env.${name}`, value);
  parts.set('the working folder', process.cwd());
  return parts;
}

function differentPart(
  before: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
): string | undefined {
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    if (!is(before.get(name), now.get(name)) || before.has(name) !== now.has(name)) return name;
  }
  return undefined;
}
