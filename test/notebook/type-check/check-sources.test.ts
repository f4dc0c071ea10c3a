import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { formatNotebook } from '../../../src/nbformat/write-notebook.js';
import { checkSources } from '../../../src/notebook/type-check/check-sources.js';
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

test('problems are found each time; without a lock file nothing is taken for known', async () => {
  write(['const n: number = ""']);
  expect(await checked(2322)).toBe(1);
  expect(await checked(2322)).toBe(1);
  rmSync(join(root, 'package-lock.json'));
  expect(await checked()).toBe(1);
  expect(await checked()).toBe(1);
});
