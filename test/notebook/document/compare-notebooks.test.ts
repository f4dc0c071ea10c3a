import { expect, test } from 'vitest';
import { metricBundle } from '../../../src/display/metric.js';
import { tableBundle } from '../../../src/display/table.js';
import type { Json, Output } from '../../../src/nbformat/notebook.js';
import { compareNotebooks } from '../../../src/notebook/document/compare-notebooks.js';
import { notebookOf } from '../notebooks.js';

const shown = (data: Record<string, Json>): Output => ({
  output_type: 'display_data',
  data,
  metadata: {},
});
const printed = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text });
const figure = (...y: (number | null)[]): Json => ({
  // A title that holds a number makes another name in each run.
  data: [
    { type: 'bar', name: 'churn', x: ['2019-01', '2019-02', '2019-03'].slice(0, y.length), y },
  ],
  layout: { title: { text: `Churn of ${y.length} months` } },
});
const notebook = (...outputs: Output[]) => notebookOf([{ code: 'show()', outputs }]);
const differences = (before: Output, after: Output) =>
  compareNotebooks(notebook(before), notebook(after)).map(
    ({ cell, what, before: was, after: is }) => `${cell}: ${what}: ${was ?? '-'} → ${is ?? '-'}`,
  );

test('cells of tables, by row and column', () => {
  const table = (...rows: { month: string; churned: number }[]) => shown({ ...tableBundle(rows) });
  const before = table({ month: 'Jan', churned: 5 }, { month: 'Feb', churned: 1 });
  const after = table(
    { month: 'Dec', churned: 2 },
    { month: 'Jan', churned: 6 },
    { month: 'Feb', churned: 1 },
  );
  expect(differences(before, before)).toEqual([]);
  expect(differences(before, after)).toEqual([
    '1: table table--1, Jan · churned: 5 → 6',
    '1: table table--1, Dec · month: - → Dec',
    '1: table table--1, Dec · churned: - → 2',
  ]);
});

test('points of charts by series; how they are drawn makes no difference; text or object', () => {
  const type = 'application/vnd.plotly.v1+json';
  const before = shown({ [type]: figure(1, 2) });
  expect(differences(before, shown({ [type]: JSON.stringify(figure(1, 2)) }))).toEqual([]);
  expect(differences(before, shown({ [type]: figure(1, null, 4) }))).toEqual([
    '1: chart churn-of-3-months, churn · y · 2019-02: 2 → null',
    '1: chart churn-of-3-months, churn · points: 2 → 3',
    '1: chart churn-of-3-months, churn · y · 2019-03: - → 4',
  ]);
});

test('texts by line, errors, cells that came and went', () => {
  expect(differences(printed('a\nb 1\n'), printed('a\nb 2\n'))).toEqual([
    '1: stdout 1, line 2: b 1 → b 2',
  ]);
  const error: Output = { output_type: 'error', ename: 'E', evalue: 'v', traceback: [] };
  expect(differences(printed('a'), error)).toEqual(['1: stdout 1: a → -', '1: error 1: - → E: v']);
  const two = notebookOf([
    { code: '1', outputs: [printed('x')] },
    { code: '2', outputs: [printed('y')] },
  ]);
  const [first] = two.cells;
  const one = { ...two, cells: first === undefined ? [] : [first] };
  expect(compareNotebooks(two, one)).toEqual([
    { cell: 2, what: 'stdout 1', before: 'y', after: undefined },
  ]);
});

test('figures are the same wherever they stand: others above, another cell', () => {
  const table = (id: string, churned: number) =>
    shown({ ...tableBundle([{ month: 'Jan', churned }], { id }) });
  const card = (value: number, change: string) =>
    shown({ ...metricBundle({ label: 'Active', value, unit: 'people', change }) });
  const two = notebookOf([
    { code: '1', outputs: [table('months', 5), card(7, 'up')] },
    { code: '2', outputs: [printed('x')] },
  ]);
  const moved = notebookOf([
    { code: '1', outputs: [table('first', 1)] },
    { code: '2', outputs: [printed('x'), card(8, 'up'), table('months', 6)] },
  ]);
  expect(
    compareNotebooks(two, moved).map(({ cell, what, before, after }) => [
      cell,
      what,
      before,
      after,
    ]),
  ).toEqual([
    [1, 'table first, Jan · month', undefined, 'Jan'],
    [1, 'table first, Jan · churned', undefined, '1'],
    [2, 'metric active · value', '7 people', '8 people'],
    [2, 'table months, Jan · churned', '5', '6'],
  ]);
  expect(compareNotebooks(moved, two).at(-1)).toMatchObject({
    cell: 1,
    before: '1',
    after: undefined,
  });
});
