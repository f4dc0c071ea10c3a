import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { start } from 'node:repl';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { CellProgram } from '../../src/cells/cell-program.js';
import { cellFunction } from '../../src/kernel/runner/cell-session.js';

/** Cells in one process: checked, compiled and run in a shared scope, without a kernel around. */
class Cells {
  readonly #program = new CellProgram(tmpdir());
  readonly #scope = Object.create(null) as object;
  #count = 0;

  /** The value as text; `nothing` where there is none; what TypeScript or the run says against it. */
  async run(source: string): Promise<string> {
    this.#count += 1;
    const { compilation, accept } = this.#program.compile({ source });
    if (compilation.status === 'error') {
      const [first] = compilation.diagnostics;
      return `${first?.line ?? 0}:${first?.column ?? 0} TS${first?.code ?? 0}`;
    }
    const run = cellFunction(`In[${this.#count}]`, compilation.cell.code);
    const resume = (value: unknown) => value;
    const result = await run(this.#scope, undefined, undefined, resume);
    accept(String(this.#count));
    return result === undefined ? 'nothing' : inspect(result[0]);
  }
}

describe('the value of a cell', () => {
  test.each([
    // Declarations are no values.
    ['class Point {}', 'nothing'],
    ['abstract class Shape { abstract area(): number }', 'nothing'],
    ['declare class Elsewhere {}', 'nothing'],
    ['enum Color { Red, Green }', 'nothing'],
    ['const enum Level { Low }', 'nothing'],
    ['declare const enum Outside { A = 3 }\nOutside.A', '3'],
    ['namespace N { export const a = 1 }', 'nothing'],
    ['namespace OnlyTypes { export type A = 1 }', 'nothing'],
    ['interface I { a: number }', 'nothing'],
    ['function f() { return 1 }', 'nothing'],
    ['1; class Later {}', 'nothing'],
    ['1; interface After { a: number }', '1'],
    // What begins like a block and is an object.
    ['{ a: 1 }', '{ a: 1 }'],
    ['{ a: 1, b: 2 }', '{ a: 1, b: 2 }'],
    ['{ a: 1, b: 2 };', '{ a: 1, b: 2 }'],
    ['{}', '{}'],
    ['const x = 3;\n// a comment\n{ x, y: [x] } // and one more', '{ x: 3, y: [ 3 ] }'],
    [
      '{ f() { return 1 }, get g() { return 2 }, [`k${1}`]: `t${2}u` }',
      "{ f: [Function: f], g: [Getter], k1: 't2u' }",
    ],
    ['{ /** doc */ a: 1, // @ts-expect-error\n b: 2 }', '1:20 TS2578'],
    // One with a mistake: what is wrong is told of the object, where it is.
    ['{ a: 1, b: }', '1:12 TS1109'],
    ['1;\n{\n  a: 1,\n  b: ,\n}', '4:6 TS1109'],
    ['{ a: 1 b: 2 }', '1:8 TS1005'],
    ['{ const z = ; }', '1:13 TS1109'],
    ['{ a: 1; b: }', '1:12 TS1109'],
    ['{ let z = 1; z }', 'nothing'],
    ['{ 1 }', 'nothing'],
    ['if (true) { 1 }', 'nothing'],
    ['const y = 1;\n{ a: 1,\n  b: y.nope, c: 3 }', '3:8 TS2339'],
    // Names that the kernel uses itself, and those of all objects.
    ['class require {}; class __filename {}; 1', '1'],
    ['const toString = 1, __proto__ = { a: 2 }; [toString, __proto__.a]', '[ 1, 2 ]'],
    ['const Promise = 3, Object = 4; [Promise, Object]', '[ 3, 4 ]'],
    // Values as Node.js shows them.
    ['async () => 1', '[AsyncFunction (anonymous)]'],
    ['#!/usr/bin/env node\n"x"', "'x'"],
    ['#!/usr/bin/env node\nnope', '2:1 TS2304'],
    ['\uFEFF1 + 1', '2'],
  ])('%j: %s', async (source, expected) => {
    expect(await new Cells().run(source)).toBe(expected);
  });

  test('an enum, a namespace and another name for a part of it are there for later cells', async () => {
    const cells = new Cells();
    await cells.run(
      'const enum Level { Low = 1, High = 1 << 2 }\nexport const enum Other { A = 5 }',
    );
    expect(await cells.run('[Level.High, Other.A]')).toBe('[ 4, 5 ]');
    await cells.run('namespace Outer { export namespace Inner { export const c = 1 } }');
    expect(await cells.run('import Short = Outer.Inner; Short.c')).toBe('1');
    expect(await cells.run('Short.c + 1')).toBe('2');
  });
});

describe('small programs', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('1', '-0', '2n', 'null', 'undefined', 'true', '"t"', '`u`', '/r/g', 'NaN'),
      fc.constantFrom('() => 1', 'async () => {}', '(function () {})', '(class {})', 'Symbol("s")'),
      fc.array(tie('expression'), { maxLength: 3 }).map((all) => `[${all.join(', ')}]`),
      fc
        .uniqueArray(fc.tuple(name, tie('expression')), { maxLength: 3, selector: ([key]) => key })
        .map((all) => `{ ${all.map(([key, value]) => `${key}: ${value}`).join(', ')} }`),
      tie('expression').map((inner) => `(${inner})`),
      tie('expression').map((inner) => `[...[${inner}]]`),
      tie('expression').map((inner) => `await (${inner})`),
      tie('expression').map((inner) => `new Map([["k", ${inner}]])`),
      tie('expression').map((inner) => `{ x: ${inner}, m() {}, get g() { return 1 } }`),
      tie('expression').map((inner) => `typeof (${inner})`),
    ),
  }));

  const console = start({ input: new PassThrough(), output: new PassThrough(), terminal: false });
  afterAll(() => {
    console.close();
  });
  const evaluated = (source: string) =>
    new Promise<string>((resolve, reject) => {
      console.eval(`${source}\n`, console.context, 'repl', (error, value: unknown) => {
        if (error === null) resolve(inspect(value));
        else reject(error);
      });
    });

  test("show the value that Node's own console shows", async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (source) => {
        const cells = new Cells();
        // A class of a realm of its own has the same text.
        expect(await cells.run(source)).toBe(await evaluated(source));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('run when they pass the check', async () => {
    const statement = fc.oneof(
      fc
        .tuple(fc.constantFrom('const', 'let', 'var'), name, expression)
        .map(([how, to, value]) => `${how} ${to} = ${value};`),
      fc.tuple(name, name).map(([to, from]) => `${to} = ${from} as any;`),
      fc.tuple(name, name).map(([a, b]) => `const { ${a}, x: ${b} = 1 } = { ${a}: 2, x: 3 };`),
      name.map((one) => `function ${one}() { return typeof ${one} }`),
      name.map((one) => `class ${one} { static one = 1 }`),
      name.map((one) => `enum ${one} { A, B = 4 }`),
      name.map((one) => `const enum ${one} { A, B = 4 }`),
      name.map((one) => `namespace ${one} { export const A = 1 }`),
      name.map((one) => `namespace ${one} { export type A = 1 }`),
      name.map((one) => `type ${one} = 1;`),
      name.map((one) => `interface ${one} { A: 1 }`),
      name.map((one) => `declare const ${one}: number;`),
      fc.tuple(name, name).map(([a, b]) => `for (var ${a} of [1]) { let ${b} = ${a} }`),
      fc.tuple(name, name).map(([a, b]) => `typeof ${a} + typeof ${b};`),
      name.map((one) => `{ ${one} }`),
      name.map((one) => `${one}.A;`),
      expression.map((value) => `(${value});`),
    );
    const cell = fc.array(statement, { minLength: 1, maxLength: 4 }).map((all) => all.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 4 }), async (sources) => {
        const cells = new Cells();
        for (const source of sources) {
          const ran = await cells.run(source).catch((error: unknown) => error);
          // Of what is only declared there is no value, as in any program.
          const isDeclared = sources.some((text) => text.includes('declare '));
          if (!isDeclared) expect(ran, source).not.toBeInstanceOf(SyntaxError);
          if (!isDeclared) expect(ran, source).not.toBeInstanceOf(ReferenceError);
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
