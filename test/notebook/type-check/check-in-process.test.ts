import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkInProcess } from '../../../src/notebook/type-check/check-in-process.js';
import { root } from '../../database.js';
import { notebookOf } from '../notebooks.js';

const path = join(root, 'notebooks', 'x.ipynb');

test('each notebook gets its own answer, in order', async () => {
  const results = checkInProcess(
    [
      { path, notebook: notebookOf(['const n: number = "x"']) },
      { path, notebook: notebookOf(['const n: number = 1', 'n.toFixed()']) },
      { path, notebook: notebookOf([]) },
    ],
    // Options for cells would not fit the snapshot, and are not for the compiler.
    { env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=2000 --no-such-option' } },
  );
  const checked = await Promise.all(results);
  expect(checked.map(({ problems }) => problems.map(({ code }) => code))).toEqual([[2322], [], []]);
});

test('nothing to check: no process', () => {
  expect(checkInProcess([], { env: {} })).toEqual([]);
});

test('the signal ends it', async () => {
  const controller = new AbortController();
  const [result] = checkInProcess([{ path, notebook: notebookOf(['1']) }], {
    env: process.env,
    signal: controller.signal,
  });
  controller.abort(new Error('Ctrl-C'));
  await expect(result).rejects.toThrow('Ctrl-C');
});

test('a notebook that the compiler cannot take has a problem, and the others have their answers', async () => {
  const deep = `const n = ${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  const results = checkInProcess(
    [
      { path, notebook: notebookOf(['const a: number = 1']) },
      { path, notebook: notebookOf(['1', deep]) },
      { path, notebook: notebookOf(['const b: number = "b"']) },
    ],
    { env: process.env },
  );
  const checked = await Promise.all(results);
  expect(checked.map(({ problems }) => problems)).toMatchObject([
    [],
    [{ cell: 1, message: expect.stringContaining('cannot be type-checked') as string }],
    [{ code: 2322 }],
  ]);
});
