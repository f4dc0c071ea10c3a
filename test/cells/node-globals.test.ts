import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { CellProgram } from '../../src/cells/cell-program.js';
import { temporaryFolder } from '../temporary-folder.js';

/** Which of these cells, by name, do not type-check. */
function refused(cells: ReadonlyMap<string, string>): string[] {
  return [
    ...CellProgram.checkAll(
      tmpdir(),
      new Map([...cells].map(([name, source]) => [name, { source }])),
    ),
  ]
    .filter(([, { diagnostics }]) => diagnostics.length > 0)
    .map(([name]) => name);
}

const isWord = (name: string) => /^[a-z]\w*$/i.test(name);

/** The names of a fresh context of this Node.js, or of a global in it, apart from what tests add. */
function namesOf(expression: string): string[] {
  const code = `Object.getOwnPropertyNames(${expression})`;
  return (runInNewContext(code) as string[]).filter(isWord);
}

test('every global of the Node.js in use has a type', () => {
  // In a process of its own: other tests, and what they load, add names to this one.
  const tell = 'process.stdout.write(JSON.stringify(Object.getOwnPropertyNames(globalThis)))';
  const program = join(temporaryFolder({ 'names.mjs': tell }), 'names.mjs');
  const told = execFileSync(process.execPath, [program]);
  const ofNode = (JSON.parse(told.toString()) as string[]).filter(isWord);
  const names = [...new Set([...namesOf('globalThis'), ...ofNode])];
  expect(names).toEqual(
    expect.arrayContaining(['WebAssembly', 'structuredClone', 'fetch', 'Blob']),
  );
  expect(refused(new Map(names.map((name) => [name, `void ${name};`])))).toEqual([]);
});

test('every member of its builtins has a type', () => {
  const generics: Record<string, string> = { Map: '<any, any>', WeakMap: '<any, any>' };
  for (const name of ['Array', 'Promise', 'Set', 'WeakRef']) generics[name] = '<any>';
  const builtins = [
    ...['Object', 'Array', 'String', 'Number', 'Math', 'Promise', 'Map', 'Set', 'ArrayBuffer'],
    ...['SharedArrayBuffer', 'RegExp', 'Atomics', 'Symbol', 'Intl', 'Uint8Array', 'BigInt', 'Date'],
    ...['JSON', 'Reflect', 'WeakRef', 'WeakMap', 'DataView', 'WebAssembly'],
  ];
  const cells = new Map<string, string>();
  for (const name of builtins) {
    for (const key of namesOf(name)) cells.set(`${name}.${key}`, `void ${name}.${key};`);
    if (runInNewContext(`typeof ${name}.prototype`) !== 'object') continue;
    for (const key of namesOf(`${name}.prototype`)) {
      const type = `${name}${generics[name] ?? ''}`;
      cells.set(`${name}#${key}`, `declare const one: ${type}; void one.${key};`);
    }
  }
  expect(cells.size).toBeGreaterThan(400);
  // What only the oldest programs use; and what V8 has on its own.
  const left = /^Date#(?:toGMTString|[gs]etYear)$|^(?:WebAssembly\.\w*(?:Tag|Exception))$/;
  expect(refused(cells).filter((name) => !left.test(name))).toEqual([]);
});

test('what this Node.js does not have is refused, and runs nowhere', () => {
  const parts: Record<string, string> = {
    'Promise.withResolvers': 'Promise.withResolvers<number>();',
    'Promise.try': 'Promise.try(() => 1);',
    'Object.groupBy': 'Object.groupBy([1], () => "k");',
    'Map.groupBy': 'Map.groupBy([1], () => "k");',
    'Array.fromAsync': 'await Array.fromAsync([1]);',
    'RegExp.escape': 'RegExp.escape("a");',
    'Set.prototype.union': 'new Set([1]).union(new Set([2]));',
    'ArrayBuffer.prototype.transfer': 'new ArrayBuffer(1).transfer();',
    'ArrayBuffer.prototype.resize': 'new ArrayBuffer(1, { maxByteLength: 2 }).resize(2);',
    'String.prototype.isWellFormed': '"a".isWellFormed();',
    'Atomics.waitAsync': 'void Atomics.waitAsync;',
    'RegExp.prototype.unicodeSets': String.raw`/[\p{L}--[a-z]]/v.test("A");`,
  };
  const isThere = (path: string) =>
    runInNewContext(`(() => { const at = '${path}'.split('.'); const key = at.pop();
    return key in at.reduce((object, name) => object[name], globalThis); })()`) as boolean;
  expect(refused(new Map(Object.entries(parts)))).toEqual(
    Object.keys(parts).filter((path) => !isThere(path)),
  );
});
