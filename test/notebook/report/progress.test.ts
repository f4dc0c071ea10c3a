import { expect, test } from 'vitest';
import { eventLines } from '../../../src/notebook/report/progress.js';
import type { NotebookResult } from '../../../src/notebook/report/run-report.js';

const result: NotebookResult = {
  path: 'notebooks/a.ipynb',
  parameters: {},
  reason: 'its code changed',
  startedAt: new Date(0),
  duration: 1234,
  runId: 12,
  output: undefined,
  status: 'passed',
  failure: undefined,
  excerpt: [],
  problems: [],
  cells: [],
  warnings: [],
};
const lines = (changes: Partial<NotebookResult>) =>
  eventLines({ type: 'notebook-end', result: { ...result, ...changes } });

test('a result names the number of its own run, which its page has, where it was published', () => {
  expect(lines({})).toEqual(['notebooks/a.ipynb: passed, 0 cells in 1.2 s, notebook run 12']);
  expect(lines({ runId: undefined })).toEqual(['notebooks/a.ipynb: passed, 0 cells in 1.2 s']);
  expect(lines({ status: 'unchanged' })).toEqual(['notebooks/a.ipynb: unchanged']);
  const failure = { kind: 'kernel', ename: 'KernelStart', evalue: 'no' } as const;
  expect(lines({ status: 'failed', failure }).at(-1)).toBe(
    'notebooks/a.ipynb: failed, notebook run 12',
  );
  expect(lines({ status: 'failed', failure, runId: undefined })).toHaveLength(1);
});
