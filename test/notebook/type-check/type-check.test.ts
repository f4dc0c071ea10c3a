// @module-tag heavy
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  checkNotebooks,
  notebookChecker,
} from '../../../src/notebook/type-check/check-notebooks.js';
import { formatProblem } from '../../../src/notebook/document/type-problem.js';
import { root } from '../../database.js';
import { markdown, notebookOf, outputsOf, type CellDraft } from '../notebooks.js';
import { runOnTslab } from '../kernel-runs.js';

// Kernels start slowly on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const inProject = join(root, 'notebooks', 'x.ipynb');
const onDaybook = { kernelspec: { name: 'daybook', display_name: 'TypeScript' } };
const onTslab = { kernelspec: { name: 'tslab', display_name: 'TypeScript' } };

/** What it has read of libraries for one test, it need not read for the next. */
const checkOne = notebookChecker();

function problems(cells: readonly CellDraft[], path = inProject): string[] {
  const { problems: found } = checkOne({ path, notebook: notebookOf(cells, onTslab) });
  return found.map((problem) => formatProblem('x', problem));
}

describe('a notebook is one program', () => {
  test('later cells see the names of earlier ones, with their types', () => {
    expect(
      problems([
        'import { readFileSync } from "fs";\nconst n = 1; let s: string | number = 2; enum E { A }',
        'interface Row { plan: string }\nfunction first(rows: Row[]) { return rows[0] }',
        's = "text"; s = n; console.log(E.A, readFileSync("x"));',
        'first([{ plan: "Basic" }]).plan.toUpperCase();',
      ]),
    ).toEqual([]);
  });

  test('problems name cell, line and column, TypeScript’s number, and count every kind of cell', () => {
    expect(
      problems([
        markdown('# Title'),
        'const rows = [{ plan: "Basic" }];',
        'rows.map((row) => row.plan);\nrows.map((row) => row.plam);',
      ]),
    ).toEqual([`x:3:2:23 TS2339 Property 'plam' does not exist on type '{ plan: string; }'.`]);
  });

  test('a wrong column of a query is found', () => {
    expect(
      problems([
        'import { query } from "daybook/pipeline";',
        'const rows = await query<{ month: string }>("select month from gold.monthly_churn");',
        'rows.map((row) => row.mouth)',
      ]),
    ).toEqual([expect.stringMatching(/^x:3:1:23 TS2551 Property 'mouth' does not exist/)]);
  });

  test('a name may be declared anew in a later cell, and has its new type from there', () => {
    expect(
      problems([
        'const a = 1; interface T { x: number } function f() { return 1 }',
        'const a = "text"; interface T { y: number } const f = (x: number) => x;',
        'a.toUpperCase(); f(2); const t: T = { y: 1 };',
        'a.toFixed()',
        'const t: T = { x: 1 };',
      ]),
    ).toEqual([
      expect.stringContaining('x:4:1:3 TS2551'),
      expect.stringContaining(
        "x:5:1:16 TS2353 Object literal may only specify known properties, and 'x'",
      ),
    ]);
  });

  test('but not twice in one cell, and a constant stays one', () => {
    expect(problems(['const a = 1; const a = 2;', 'const b = 1;', 'b = 2;'])).toEqual([
      expect.stringContaining('x:1:1:7 TS2451'),
      expect.stringContaining('x:1:1:20 TS2451'),
      expect.stringContaining('x:3:1:1 TS2588'),
    ]);
  });

  test('await stands at the top of a cell; earlier cells do not see later ones', () => {
    expect(
      problems(['const x = await Promise.resolve(1);', 'x.toFixed(); later;', 'const later = 1']),
    ).toEqual([expect.stringContaining("x:2:1:14 TS2304 Cannot find name 'later'")]);
  });

  test('cells that are not run are not looked at, and declare nothing', () => {
    expect(
      problems([
        { code: 'const skipped: number = "x";', tags: ['skip-execution'] },
        '  \n',
        markdown('const text: number = "x"'),
        'skipped',
      ]),
    ).toEqual([expect.stringContaining("x:4:1:1 TS2304 Cannot find name 'skipped'")]);
  });

  test('text that is no TypeScript at all', () => {
    expect(problems(['let = ;', 'console.log(1)'])).toEqual([
      expect.stringContaining('x:1:1:1 TS2304'),
      expect.stringContaining('x:1:1:7 TS1109'),
    ]);
    expect(problems(['`unfinished', '/* unfinished', 'ok.toString()'])).toEqual([
      expect.stringContaining('x:1:1:12 TS1160'),
      expect.stringContaining('x:2:1:14 TS1010'),
      expect.stringContaining('x:3:1:1 TS2304'),
    ]);
  });
});

describe('imports', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'daybook-type-check-'));
    writeFileSync(join(folder, 'good.ts'), 'export const n: number = 1; export type T = { a: 1 };');
    writeFileSync(join(folder, 'bad.ts'), 'export const n: number = "x";');
    writeFileSync(join(folder, 'data.json'), '{"a": [1]}');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const check = (cells: CellDraft[]) => problems(cells, join(folder, 'x.ipynb'));

  test('a file of the notebook’s folder, with the problems in it', () => {
    expect(
      check([
        'import { n, T } from "./good"; const t: T = { a: 1 };',
        'import data from "./data.json"; data.a[0].toFixed()',
        'import { n } from "./bad"',
        'import { missing } from "./good"',
      ]),
    ).toEqual([
      `x:3: bad.ts:1:14 TS2322 Type 'string' is not assignable to type 'number'.`,
      expect.stringContaining(`x:4:1:10 TS2305`),
    ]);
  });

  test('Node.js and tslab itself are there outside of any project', () => {
    expect(
      check([
        'import fs from "fs"; import * as tslab from "tslab"; tslab.display.html(fs.readFileSync("x", "utf8"))',
      ]),
    ).toEqual([]);
  });

  test('a package that is not there, and a file outside of the folder', () => {
    expect(check(['import x from "no-such-package"'])).toEqual([
      expect.stringContaining('TS2307 Cannot find module'),
    ]);
    expect(check(['import { query } from "@daybook/pipeline"'])).toEqual([
      expect.stringMatching(/TS2307 Cannot find module[^]*is called "daybook\/pipeline" now/),
    ]);
    expect(problems(['import { findRoot } from "../src/config/config"'])).toEqual([
      expect.stringContaining(
        "TS6059 File '../src/config/config.ts' is outside of the notebook's folder",
      ),
    ]);
  });

  test('which imported names are types only is known', () => {
    const source = 'import { n, T } from "./good"; import type { T as U } from "./good"';
    const { typeImports } = checkOne({
      path: join(folder, 'x.ipynb'),
      notebook: notebookOf(['1', source], onTslab),
    });
    expect(typeImports).toEqual({ 1: ['T', 'U'] });
  });
});

test('notebooks do not see each other', () => {
  const notebook = (source: string) => ({ path: inProject, notebook: notebookOf([source]) });
  const checked = checkNotebooks([
    notebook('const shared = 1; declare global { var leaked: number }'),
    notebook('shared; leaked'),
  ]);
  expect(checked.map(({ problems: found }) => found.length)).toEqual([0, 2]);
});

/** What the kernel and the check say of the same cells; in order, as one notebook. */
const agreed: [source: string, passes: boolean][] = [
  ['let counter = 1; const K = 5; let vv: string | number = 3; enum E { A, B }', true],
  ['type T = { a: number }; abstract class C<X> { constructor(public v: X) {} }', true],
  ['counter = 2; counter += K; console.log(counter, E.A)', true],
  ['K = 6', false],
  ['vv.toFixed()', false],
  ['const t: T = { a: 1 }; class D extends C<string> {}; new D("x").v', true],
  ['const K = "now a string"; K.toUpperCase()', true],
  ['K.toFixed()', false],
  ['counter = "x"', false],
  ['let loose; loose = 5; loose.toString()', true],
  ['function untyped(x) { return x.y }; untyped({ y: 2 })', true],
  ['const empty: string = null; String(empty)', true],
  ['const dup = 1; const dup = 2;', false],
  ['var twice = 1; var twice = 2; twice', true],
  ['function fn() {}; function fn() {}', false],
  ['export const exported = 5', false],
  ['return 5', false],
  ['window', false],
  ['import { unknownThing } from "fs"', false],
  [
    'import fs from "fs"; import type { Stats } from "fs"; let stats: Stats; fs.existsSync("x")',
    true,
  ],
  ['import { fromMarkdown } from "mdast-util-from-markdown"; fromMarkdown("# a").type', true],
  ['import * as tslab from "tslab"; tslab.versions.tslab', true],
  ['[1, 2].at(-1); structuredClone(1); 10n ** 2n', true],
  ['[2, 1].toSorted()', false],
  ['await Promise.resolve(1); for (const x of [1]) await x', true],
  ['const { a, ...rest } = { a: 1, b: 2 }; rest.b', true],
  ['@(<any>((x) => x)) class Decorated {}', true],
  ['import "./no-such-file"', false],
  ['try { throw new Error("x") } catch (e) { e.message }', true],
  ['this; globalThis.process.version', true],
  ['namespace N { export const z = 1 }', true],
  ['N.z', true],
];

/** Where they differ; docs/decisions.md says why. */
const differing: [source: string, kernel: boolean, check: boolean][] = [
  // TypeScript 5.0 in the kernel does not know what came later.
  ['using resource = { [Symbol.dispose]() {} } as any', false, true],
  ['const fixed = { a: 1 } satisfies { a: number }; fixed.a', true, true],
  // tslab waits for a cell only when it finds the word await in an expression.
  ['for await (const x of [1]) console.log(x)', false, true],
];

test(
  'the check and the kernel say the same of the same code; where they differ is known',
  { timeout: 300_000 },
  async () => {
    const sources = [
      ...agreed.map(([source, passes]) => ({ source, kernel: passes, check: passes })),
      ...differing.map(([source, kernel, check]) => ({ source, kernel, check })),
    ];
    const cells = sources.map(({ source }) => source);
    const executed = await runOnTslab(cells, { allowErrors: true });
    const failedInKernel = new Set(
      executed.cells.filter(({ status }) => status === 'failed').map(({ cell }) => cell),
    );
    const notebook = notebookOf(cells, onTslab);
    const { problems } = checkOne({ path: inProject, notebook });
    const failedInCheck = new Set(problems.map(({ cell }) => cell));
    const outputs = outputsOf(executed.notebook);
    for (const [index, { source, kernel, check }] of sources.entries()) {
      const said = JSON.stringify(outputs[index]);
      expect(!failedInKernel.has(index + 1), `kernel: ${source}: ${said}`).toBe(kernel);
      expect(!failedInCheck.has(index + 1), `check: ${source}`).toBe(check);
    }
  },
);

test('null is an error in cells where tsconfig.json asks for it itself, also by one that it extends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-null-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const cells = [
    'const rows: { n: number | null }[] = [];',
    'rows[0].n.toFixed();\nrows.at(-1).n;',
  ];
  const found = (tsconfig?: string) => {
    if (tsconfig !== undefined) writeFileSync(join(folder, 'tsconfig.json'), tsconfig);
    const [checked] = checkNotebooks([
      { path: join(folder, 'x.ipynb'), notebook: notebookOf(cells, onDaybook) },
    ]);
    return (checked?.problems ?? []).map((problem) => formatProblem('x', problem));
  };
  const strict = [
    "x:2:1:1 TS2531 Object is possibly 'null'.",
    "x:2:2:1 TS2532 Object is possibly 'undefined'.",
  ];
  expect(found()).toEqual([]);
  expect(found('{ "compilerOptions": { "strict": true } }')).toEqual([]);
  expect(found('{ "compilerOptions": { "strictNullChecks": true, /* a comment */ } }')).toEqual(
    strict,
  );
  writeFileSync(join(folder, 'base.json'), '{ "compilerOptions": { "strictNullChecks": true } }');
  expect(found('{ "extends": "./base.json" }')).toEqual(strict);
  expect(found('nonsense')).toEqual([]);
});
