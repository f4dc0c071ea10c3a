import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { formatNotebook } from '../../../src/nbformat/write-notebook.js';
import { checkChanged } from '../../../src/notebook/type-check/check-changed.js';
import { checkSources } from '../../../src/notebook/type-check/check-sources.js';
import type { CheckedNotebook } from '../../../src/notebook/document/type-problem.js';
import { readSources } from '../../../src/notebook/collection/notebook-source.js';
import { planRuns } from '../../../src/notebook/plan/plan-runs.js';
import { markdown, notebookOf, type CellDraft } from '../notebooks.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'daybook-checks-'));
  mkdirSync(join(root, 'notebooks'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(cells: readonly CellDraft[]): void {
  writeFileSync(join(root, 'notebooks', 'a.ipynb'), formatNotebook(notebookOf(cells)));
}

/** How many notebooks a run gives to the compiler, which says of each what is given here. */
async function checked(code?: number, force = false): Promise<number> {
  let count = 0;
  const config = parseConfig({ DAYBOOK_HOME: join(root, '.daybook') }, root);
  const plans = await planRuns(await readSources([], root, {}), undefined, { config, env: {} });
  const checks = checkSources(plans, {
    home: config.home,
    force,
    env: {},
    check: (notebooks) => {
      count += notebooks.length;
      const problem = { cell: 1, line: 1, column: 1, message: 'wrong' };
      const problems = code === undefined ? [] : [{ ...problem, code }];
      return notebooks.map(() =>
        Promise.resolve({ problems, typeImports: { 0: ['T'] }, queries: [], cells: [] }),
      );
    },
  });
  for (const plan of plans) {
    expect((await checks.of(plan)).typeImports).toEqual({ 0: ['T'] });
  }
  await checks.save();
  return count;
}

test('what passed the check is not checked again until something changed that it depends on', async () => {
  write(['import { x } from "./x.ts"; x']);
  writeFileSync(join(root, 'notebooks', 'x.ts'), 'export const x = 1;');
  expect(await checked()).toBe(1);
  expect(await checked()).toBe(0);
  expect(await checked(undefined, true)).toBe(1); // --force

  writeFileSync(join(root, 'notebooks', 'x.ts'), 'export const x = "1";');
  expect(await checked()).toBe(1);
  expect(await checked()).toBe(0);

  // A problem's place counts all cells.
  write([markdown('text'), 'import { x } from "./x.ts"; x']);
  expect(await checked()).toBe(1);
  writeFileSync(join(root, 'package-lock.json'), '{ }');
  expect(await checked()).toBe(1);
  expect(await checked()).toBe(0);
});

/** Which notebooks a check gives to the compiler; what it says of them comes back also for the others. */
async function changed(code?: number): Promise<string[]> {
  const given: string[] = [];
  const sources = await readSources([], root, {});
  const notebooks = sources.flatMap(({ path, file, content }) =>
    'spec' in content
      ? [{ path, spec: content.spec, check: { path: file, notebook: content.notebook } }]
      : [],
  );
  const found = await checkChanged(notebooks, {
    ...{ root, home: join(root, '.daybook'), env: {} },
    check: (all) =>
      all.map(({ path }) => {
        given.push(basename(path, '.ipynb'));
        return Promise.resolve(resultOf(path, code));
      }),
  });
  expect(found).toEqual(
    notebooks.map(({ check: { path } }) =>
      resultOf(path, given.includes(basename(path, '.ipynb')) ? code : undefined),
    ),
  );
  return given;
}

function resultOf(path: string, code: number | undefined): CheckedNotebook {
  const problem = { cell: 1, line: 1, column: 1, message: 'wrong' };
  return {
    problems: code === undefined ? [] : [{ ...problem, code }],
    typeImports: {},
    queries: [{ cell: 1, sql: path, places: [[0, 7]] }],
    cells: [{ cell: 1, declares: [], uses: [], findings: [], figureIds: [] }],
  };
}

test('a check reads those notebooks alone of which something has changed that it depends on', async () => {
  const file = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const notebook = (name: string, cells: readonly CellDraft[], kernel = 'daybook') => {
    const written = notebookOf(cells);
    const kernelspec = { name: kernel, display_name: kernel, language: 'typescript' };
    file(
      `notebooks/${name}.ipynb`,
      formatNotebook({ ...written, metadata: { ...written.metadata, kernelspec } }),
    );
  };
  notebook('a', ['import { x } from "./x.ts"; x']);
  notebook('b', ['1']);
  file('notebooks/x.ts', 'export { y as x } from "./y.ts";');
  file('notebooks/y.ts', 'export const y = 1;');
  file('tsconfig.json', '{ "extends": "./base" }');
  file('base.json', '{}');
  const all = ['a', 'b'];
  expect(await changed()).toEqual(all);
  expect(await changed()).toEqual([]);
  const changes: [what: string, change: () => void, expected: string[]][] = [
    [
      'a cell',
      () => {
        notebook('b', ['2']);
      },
      ['b'],
    ],
    [
      'what kind of cell it is',
      () => {
        notebook('b', [markdown('2')]);
      },
      ['b'],
    ],
    [
      'a tag',
      () => {
        notebook('b', [{ code: '2', tags: ['skip-execution'] }]);
      },
      ['b'],
    ],
    [
      'the kernel',
      () => {
        notebook('b', ['2'], 'tslab');
      },
      ['b'],
    ],
    [
      'what it imports',
      () => {
        file('notebooks/y.ts', 'export const y = "1";');
      },
      ['a'],
    ],
    [
      'types of queries',
      () => {
        file('daybook-env.d.ts', 'export {};');
      },
      all,
    ],
    [
      'the other types',
      () => {
        file('daybook-env.d.ts', 'export { };');
      },
      all,
    ],
    [
      'packages',
      () => {
        file('package-lock.json', '{ }');
      },
      all,
    ],
    [
      'the compiler’s settings',
      () => {
        file('tsconfig.json', '{ "extends": "./base.json" }');
      },
      all,
    ],
    [
      'settings behind them',
      () => {
        file('base.json', '{ "compilerOptions": {} }');
      },
      all,
    ],
    [
      'a new notebook',
      () => {
        notebook('c', ['3']);
      },
      ['c'],
    ],
  ];
  for (const [what, change, expected] of changes) {
    change();
    expect(await changed(), what).toEqual(expected);
    expect(await changed(), what).toEqual([]);
  }
  // A problem is found each time.
  notebook('a', ['4']);
  expect(await changed(2322)).toEqual(['a']);
  expect(await changed(2322)).toEqual(['a']);
});

test('what has passed without a warehouse is checked again by a run, which asks it', async () => {
  write(['1']);
  expect(await changed()).toEqual(['a']);
  expect(await checked()).toBe(1);
  expect(await checked()).toBe(0);
  expect(await changed()).toEqual([]);
});

test('problems are found each time; without a lock file nothing is taken for known', async () => {
  write(['const n: number = ""']);
  expect(await checked(2322)).toBe(1);
  expect(await checked(2322)).toBe(1);
  rmSync(join(root, 'package-lock.json'));
  expect(await checked()).toBe(1);
  expect(await checked()).toBe(1);
});
