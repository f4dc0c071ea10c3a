// @module-tag heavy
import { tmpdir } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunnerEvent } from '../../src/kernel/runner/protocol.js';
import { RunnerProcess } from '../../src/kernel/runner/runner-process.js';

type Done = Extract<RunnerEvent, { type: 'done' }>;
type Ended = (Done & { readonly text: unknown }) | 'process ended';

/** Runs compiled cells as the kernel does, and starts another process where one has ended. */
class Cells {
  #runner = this.#start();
  #count = 0;
  #isClosed = false;
  #text: unknown;
  #ended: ((end: Ended) => void) | undefined;

  /** Runs the statements of a cell. */
  run(code: string): Promise<Ended> {
    this.#count += 1;
    this.#text = undefined;
    const cell = String(this.#count);
    const map = '{"version":3,"sources":[],"names":[],"mappings":""}';
    return new Promise((resolve) => {
      this.#ended = resolve;
      const imports = { specifiers: {}, modules: [] };
      this.#runner.send({ type: 'run', cell, code, map, names: [], imports });
    });
  }

  async restart(): Promise<void> {
    const before = this.#runner;
    this.#runner = this.#start();
    await before.stop();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#runner.stop();
  }

  #start(): RunnerProcess {
    const runner: RunnerProcess = new RunnerProcess({
      folder: tmpdir(),
      cwd: tmpdir(),
      env: process.env,
      drained: () => Promise.resolve(),
      onEvent: (event) => {
        if (event.type === 'result') this.#text = event.data['text/plain'];
        if (event.type === 'done') this.#ended?.({ ...event, text: this.#text });
      },
      onExit: () => {
        if (this.#isClosed || this.#runner !== runner) return;
        this.#runner = this.#start();
        this.#ended?.('process ended');
      },
    });
    return runner;
  }
}

/** Functions of JavaScript and Node.js that a cell can put others in the place of: expressions of both. */
function builtins(): { object: string; key: string }[] {
  const names = [
    ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Date'],
    ...['RegExp', 'Error', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Promise', 'JSON', 'Math'],
    ...['Reflect', 'Proxy', 'Atomics', 'ArrayBuffer', 'Uint8Array', 'DataView', 'Intl'],
    ...['Buffer', 'process', 'URL', 'TextEncoder', 'EventTarget', 'Event'],
  ];
  const functionsOf = (value: object | undefined, object: string) =>
    Reflect.ownKeys(value ?? {}).flatMap((key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(value ?? {}, key);
      if (typeof descriptor?.value !== 'function' || descriptor.writable !== true) return [];
      if (typeof key === 'string') return [{ object, key: JSON.stringify(key) }];
      const name = key.description ?? '';
      return name.startsWith('Symbol.') ? [{ object, key: name }] : [];
    });
  return names.flatMap((name) => {
    const value = (globalThis as unknown as Record<string, { prototype?: object }>)[name];
    return [
      { object: 'globalThis', key: JSON.stringify(name) },
      ...functionsOf(value, name),
      ...functionsOf(value?.prototype, `${name}.prototype`),
    ];
  });
}

describe('a cell that changes what JavaScript itself needs', () => {
  test.each([
    'Object.prototype.toJSON = () => "P"',
    'Array.prototype.toJSON = () => "P"',
    'Object.defineProperty(Object.prototype, "toJSON", { value: () => "P" })',
    'JSON.stringify = () => undefined',
    'JSON.parse = () => { throw new Error("no") }',
    'Promise.prototype.then = function () { return this }',
    'globalThis.Promise = class {}',
    'globalThis.setImmediate = globalThis.setTimeout = () => 0',
    'process.nextTick = () => undefined',
    'Array.prototype[Symbol.iterator] = function* () {}',
    'Object.prototype.value = 5',
    'Error.prepareStackTrace = () => { throw new Error("no") }',
    'process.getBuiltinModule("node:fs").writeSync = () => 0',
    'Buffer.from = Buffer.concat = () => null',
    'Reflect.apply = Function.prototype.call = Function.prototype.apply = () => 0',
    'process.getBuiltinModule("node:events").prototype.emit = () => true',
    'Map.prototype.get = Map.prototype.set = Set.prototype.has = () => undefined',
    'globalThis.JSON = globalThis.Error = globalThis.Map = undefined',
  ])('%s', async (patch) => {
    const cells = new Cells();
    onTestFinished(() => cells.close());
    expect(await cells.run(`${patch};\nreturn [1];`)).toMatchObject({ text: '1' });
    expect(await cells.run('return [2];')).toMatchObject({ text: '2' });
  });

  test('gets an answer whatever it takes away, and so do those after it', async () => {
    const cells = new Cells();
    onTestFinished(() => cells.close());
    const all = builtins();
    expect(all.length).toBeGreaterThan(500);
    const others = ['() => { throw new Error("patched") }', '() => undefined', 'undefined'];
    for (const [at, { object, key }] of all.entries()) {
      const patch = `const object = ${object}, key = ${key}, before = object[key];
        globalThis.restore = () => { object[key] = before; };
        object[key] = ${others[at % others.length] ?? ''};`;
      for (const code of [patch, 'return [{ a: ["two"] }];', 'throw new TypeError("x");']) {
        const ended = await cells.run(code);
        if (ended === 'process ended') break;
        const said = ended.error?.message ?? ended.text ?? 'nothing';
        expect(said, `${object} ${key}`).toMatch(/./);
      }
      await cells.run('globalThis.restore?.();');
      const after = await cells.run('return [[1]];');
      if (after === 'process ended' || after.text !== '[ 1 ]') await cells.restart();
    }
  });
});
