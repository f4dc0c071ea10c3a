// @module-tag heavy
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isMessage } from '../../src/jupyter/message.js';
import { plain, startSession, type KernelSession } from './session.js';
import { temporaryFolder } from '../temporary-folder.js';

let session: KernelSession;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

const types = (executed: { published: readonly { header: { msg_type: string } }[] }) =>
  executed.published.map(({ header }) => header.msg_type);

describe('a cell', () => {
  test('announces itself, shows its value and ends with idle', async () => {
    const executed = await session.run('1 + 1');
    expect(types(executed)).toEqual(['status', 'execute_input', 'execute_result', 'status']);
    expect(executed.result).toMatchObject({ 'text/plain': '2' });
    expect(executed.reply).toMatchObject({ status: 'ok', payload: [], user_expressions: {} });
    const input = executed.published.find((m) => isMessage(m, 'execute_input'));
    expect(input?.content).toEqual({
      code: '1 + 1',
      execution_count: executed.reply.execution_count,
    });
  });

  test.each(['const quiet = 1', 'undefined', 'console.log()', 'if (true) { 1 }', 'let a1: string'])(
    'shows nothing for %s',
    async (code) => {
      const { result, reply } = await session.run(code);
      expect(reply.status).toBe('ok');
      expect(result).toBeUndefined();
    },
  );

  test('awaits at its top level', async () => {
    const { result } = await session.run('const later = await Promise.resolve(7); later * 6');
    expect(result).toMatchObject({ 'text/plain': '42' });
  });

  test('may be empty and then does not count', async () => {
    const before = (await session.run('1')).reply.execution_count;
    const empty = await session.run('  \n');
    expect(empty.reply).toMatchObject({ status: 'ok', execution_count: before });
  });

  test('that is silent publishes nothing and does not count', async () => {
    const before = (await session.run('1')).reply.execution_count;
    const silent = await session.run('console.log("x"); 5', { silent: true, store_history: true });
    expect(types(silent)).toEqual(['status', 'status']);
    const failed = await session.run('throw new Error("x")', { silent: true });
    expect(types(failed)).toEqual(['status', 'status']);
    expect(failed.reply).toMatchObject({ status: 'error', ename: 'Error' });
    expect((await session.run('1')).reply.execution_count).toBe((before ?? 0) + 1);
  });

  test('without store_history does not count', async () => {
    const before = (await session.run('1')).reply.execution_count;
    const unstored = await session.run('3', { store_history: false });
    expect(unstored.reply.execution_count).toBe(before);
    expect(unstored.result).toMatchObject({ 'text/plain': '3' });
  });

  test('answers user expressions, wrong ones with their error', async () => {
    const { reply } = await session.run('const eleven = 11;', {
      user_expressions: { good: 'eleven + 1', nothing: 'undefined', wrong: 'eleven.nope' },
    });
    expect(reply.user_expressions).toMatchObject({
      good: { status: 'ok', data: { 'text/plain': '12' } },
      nothing: { status: 'ok', data: { 'text/plain': 'undefined' } },
      wrong: { status: 'error', ename: 'TS2339' },
    });
  });
});

describe('later cells', () => {
  test('see, change and redeclare what earlier ones declared', async () => {
    await session.run('let count = 1; const label = "a"; function twice() { return count * 2; }');
    await session.run('count = 21;');
    expect((await session.run('twice()')).result).toMatchObject({ 'text/plain': '42' });
    await session.run('const label = 5; const count = "now text";');
    expect((await session.run('label.toFixed(1) + count.length')).result).toMatchObject({
      'text/plain': '5.08',
    });
  });

  test('call the functions of the cells that were run last', async () => {
    await session.run('function rate() { return 1; } function report() { return rate() * 10; }');
    await session.run('function rate() { return 2; }');
    expect((await session.run('report()')).result).toMatchObject({ 'text/plain': '20' });
  });

  test('know types, interfaces, classes, enums, namespaces and generics', async () => {
    await session.run(`
      interface Row { name: string; size: number }
      type Pair<A, B = A> = [A, B];
      enum Size { Small = 1, Large = Size.Small + 9 }
      class Box<T> { static made = 0; #inner: T; constructor(inner: T) { this.#inner = inner; Box.made += 1; }
        get inner() { return this.#inner; } copy() { return new Box(this.#inner); } }
      namespace Geometry { export const side = 3; export const area = () => side ** 2; }
    `);
    const executed = await session.run(`
      const row: Row = { name: 'x', size: Size.Large };
      const pair: Pair<string, number> = [row.name, new Box(row).copy().inner.size];
      [pair, Box.made, Geometry.area()]
    `);
    expect(executed.errors).toEqual([]);
    expect(executed.result).toMatchObject({ 'text/plain': "[ [ 'x', 10 ], 2, 9 ]" });
  });

  test('do not see what a failed cell has not come to, and see the rest', async () => {
    await session.run('const kept = "old";');
    const failed = await session.run(
      'const reached = 1; interface Shape { a: 1 } if (reached) throw new Error("stop"); const kept = 2, missing = 3;',
    );
    expect(failed.reply.status).toBe('error');
    const after = await session.run('const shape: Shape = { a: 1 }; [reached, kept.toUpperCase()]');
    expect(after.result).toMatchObject({ 'text/plain': "[ 1, 'OLD' ]" });
    expect((await session.run('missing')).reply).toMatchObject({ ename: 'TS2304' });
  });

  test('see nothing of a cell that did not type-check', async () => {
    await session.run('const half = 1; const other: string = 2;');
    expect((await session.run('half')).reply).toMatchObject({ ename: 'TS2304' });
  });
});

describe('JavaScript in cells', () => {
  test.each([
    [
      'destructuring',
      'const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5 }; [a, c, d, e]',
      '[ 1, 2, [ 3, 4 ], { f: 5 } ]',
    ],
    [
      'defaults',
      'const [g = 1, { h = g + 1 } = {}] = [] as [number?, { h?: number }?]; [g, h]',
      '[ 1, 2 ]',
    ],
    [
      'var in loops',
      'for (var i = 0, n = 3; i < n; i++) { var last: number | undefined = i; } for (var k of [9] as number[] | undefined[]) {} for (var p in { q: 1 }) { p; } [i, last!, k!, p!]',
      "[ 3, 2, 9, 'q' ]",
    ],
    [
      'shadowing',
      'const s = 1; const f = (s: number) => { { const s = 3; return s; } }; [s, f(2), ((s) => s)(4)]',
      '[ 1, 3, 4 ]',
    ],
    ['shorthand', 'const u = 1; let v = 2; ({ v } = { v: 5 }); ({ u, v })', '{ u: 1, v: 5 }'],
    [
      'names of functions',
      'const arrow = () => 1, expression = function () {}, Klass = class {}; [arrow.name, expression.name, Klass.name]',
      "[ 'arrow', 'expression', 'Klass' ]",
    ],
    [
      'this of functions',
      'function whose(this: unknown) { return this; } const tag = function (this: unknown, _: TemplateStringsArray) { return this; }; [whose(), tag``]',
      '[ undefined, undefined ]',
    ],
    ['hoisting', 'const early = hoisted(); function hoisted() { return 8; } early', '8'],
    [
      'generators and iteration',
      'async function* gen() { yield 1; yield 2; } const got: number[] = []; for await (const x of gen()) got.push(x); got',
      '[ 1, 2 ]',
    ],
    ['dynamic import', 'const os = await import("node:os"); typeof os.cpus', 'function'],
    [
      'import.meta and require',
      '[import.meta.dirname === __dirname, typeof require("node:fs").readFileSync]',
      "[ true, 'function' ]",
    ],
    ['strict mode', '(function (this: unknown) { return this; })() === undefined', 'true'],
    [
      'decorators',
      'const mark = (target: unknown, context: ClassDecoratorContext) => { log.push(String(context.name)); }; const log: string[] = []; @mark class Marked {} [log, new Marked() instanceof Marked]',
      "[ [ 'Marked' ], true ]",
    ],
    [
      'ambient declarations',
      'globalThis.constructor; declare const structuredClone: (x: unknown) => unknown; typeof structuredClone',
      'function',
    ],
    [
      'global augmentation',
      'declare global { var shared: number | undefined } globalThis.shared = 4; shared',
      '4',
    ],
    [
      'exports',
      'export const exported = 3; export function exportedToo() { return exported; } exportedToo()',
      '3',
    ],
    [
      'names that the compiler uses',
      'const __scope = 1, exports1 = 2, $ = 3; [__scope, exports1, $]',
      '[ 1, 2, 3 ]',
    ],
    ['directives', '"use strict"; 5', '5'],
  ])('%s', async (_name, code, expected) => {
    const executed = await session.run(code);
    expect(executed.errors.map(({ traceback }) => plain(traceback))).toEqual([]);
    expect(executed.result?.['text/plain']).toBe(expected);
  });

  test('a global that a cell declares is there for later cells', async () => {
    await session.run(
      'declare global { interface Array<T> { second(): T | undefined } } Array.prototype.second = function () { return this[1]; };',
    );
    expect((await session.run('["a", "b"].second()')).result).toMatchObject({ 'text/plain': 'b' });
    await session.run('delete (Array.prototype as { second?: unknown }).second;');
  });
});

describe('imports', () => {
  test('packages: named and default exports of CommonJS, ES modules, types, JSON', async () => {
    const executed = await session.run(`
      import { z, type ZodType } from 'zod';
      import pg, { Client } from 'pg';
      import type { Stats } from 'node:fs';
      import * as path from 'path';
      import manifest from '../package.json';
      import { query } from 'daybook/pipeline';
      const schema: ZodType = z.number();
      [typeof schema.parse, typeof Client, pg.Client === Client, path.sep.length, manifest.name, typeof query]
    `);
    expect(executed.errors).toEqual([]);
    expect(executed.result?.['text/plain']).toBe(
      "[ 'function', 'function', true, 1, 'daybook', 'function' ]",
    );
  });

  test('what is missing is said before the cell runs, or by the module', async () => {
    expect((await session.run('import { nope } from "node:fs";')).reply).toMatchObject({
      ename: 'TS2305',
    });
    expect((await session.run('import "./not-there.js";')).reply).toMatchObject({
      ename: expect.stringMatching(/^TS/) as string,
    });
  });

  test('project files: edits are seen by the next cell that imports them', async () => {
    const folder = temporaryFolder();
    const own = await startSession({ cwd: folder });
    onTestFinished(() => own.stop());
    await mkdir(join(folder, 'lib'));
    await writeFile(
      join(folder, 'lib/rates.ts'),
      `import { base } from './base.js';\nexport enum Kind { A = 1 }\nexport const rate = (n: number): number => n * base * Kind.A;\nexport const where = import.meta.url;\nexport function fail() {\n  throw new RangeError('from the file');\n}\n`,
    );
    await writeFile(join(folder, 'lib/base.ts'), 'export const base: number = 2;\n');
    const code = `import { rate, fail, where } from './lib/rates.js'; rate(21)`;
    expect((await own.run(code)).result).toMatchObject({ 'text/plain': '42' });
    expect((await own.run(code)).result).toMatchObject({ 'text/plain': '42' });
    expect((await own.run('where')).result?.['text/plain']).toMatch(/lib\/rates\.ts/);
    await writeFile(join(folder, 'lib/base.ts'), 'export const base: number = 3 as number;\n');
    expect((await own.run(code)).result).toMatchObject({ 'text/plain': '63' });
    expect((await own.run(code.replace('.js', '.ts'))).result).toMatchObject({
      'text/plain': '63',
    });
    const { errors } = await own.run('fail()');
    expect(plain(errors[0]?.traceback ?? [])).toContain('lib/rates.ts:6:9');
    await writeFile(join(folder, 'lib/base.ts'), 'export const base = ;\n');
    const broken = await own.run(code);
    expect(broken.reply).toMatchObject({ ename: 'TS1109' });
    expect(plain(broken.errors[0]?.traceback ?? [])).toContain('lib/base.ts:1:21');
    await writeFile(join(folder, 'lib/base.ts'), 'export const base = 1;\n');
    expect((await own.run(code)).result).toMatchObject({ 'text/plain': '21' });
    expect((await own.run('import { none } from "./late.js"; none')).reply.status).toBe('error');
    await writeFile(join(folder, 'late.ts'), 'export const none = "come";\n');
    expect((await own.run('import { none } from "./late.js"; none')).result).toMatchObject({
      'text/plain': 'come',
    });
  });

  test('our packages are there outside of a project, too', async () => {
    const folder = temporaryFolder();
    const own = await startSession({ cwd: folder });
    onTestFinished(() => own.stop());
    const executed = await own.run(
      'import { formatMonth } from "daybook/display"; import { query } from "daybook/pipeline"; [formatMonth("2019-05-01"), typeof query]',
    );
    expect(executed.errors).toEqual([]);
    expect(executed.result?.['text/plain']).toBe("[ 'May 2019', 'function' ]");
    // A name that only runs is not checked before.
    const renamed = await own.run('await import(["@daybook", "display"].join("/"))');
    expect(renamed.errors[0]?.evalue).toBe(
      '"@daybook/display" is called "daybook/display" now: change the import.',
    );
  });

  test('the notebook that a Jupyter server names decides about the folder', async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    await writeFile(join(folder, 'near.ts'), 'export const near: string = "yes";\n');
    const own = await startSession({
      cwd: elsewhere,
      env: { JPY_SESSION_NAME: join(folder, 'a.ipynb') },
    });
    onTestFinished(() => own.stop());
    expect((await own.run('import { near } from "./near.js"; near')).result).toMatchObject({
      'text/plain': 'yes',
    });
  });
});
