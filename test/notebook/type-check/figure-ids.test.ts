import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tableBundle } from '../../../src/display/table.js';
import { repeatedId, withFailure } from '../../../src/notebook/document/repeated-id.js';
import { formatProblem } from '../../../src/notebook/document/type-problem.js';
import { notebookChecker } from '../../../src/notebook/type-check/check-notebooks.js';
import { notebookOf } from '../notebooks.js';

/** In the project, so that `daybook/display` is found. */
const path = join(import.meta.dirname, '../../../notebooks/ids.ipynb');
const check = notebookChecker();

const problems = (...cells: string[]) =>
  check({ path, notebook: notebookOf(cells) }).problems.map((problem) =>
    formatProblem('notebooks/ids.ipynb', problem),
  );
const display = "import { metric, plot as draw, table } from 'daybook/display';";

test('two figures of one id are found before anything runs, wherever they stand', () => {
  expect(
    problems(
      display,
      "table([{ a: 1 }], { id: 'months' });\nmetric({ label: 'A', value: 1, id: 'active' });",
      "draw({ title: 'x', alt: 'x', id: `churn`, data: [{ y: [1] }] });",
      "if (Math.random() > 2) {\n  metric({\n    id: 'months', label: 'B', value: 2 });\n}",
      "import * as show from 'daybook/display';\nshow.metric({ label: 'C', value: 3, id: 'churn' });",
    ),
  ).toEqual([
    'notebooks/ids.ipynb:4:3:9 FIGURE_ID the id months is that of the figure in cell 2, line 1: each needs its own',
    'notebooks/ids.ipynb:5:2:41 FIGURE_ID the id churn is that of the figure in cell 3, line 1: each needs its own',
  ]);
});

test('an id that cannot stand in addresses is found, and what may stand there is said', () => {
  const rule =
    'lower-case letters, digits and single hyphens between them, a letter first, at most 60';
  for (const id of ['Churn rate', '../x', '1', '', 'a\\r\\nb']) {
    expect(problems(`${display} metric({ label: 'A', value: 1, id: '${id}' })`)).toEqual([
      expect.stringContaining(`cannot stand in addresses: ${rule}`),
    ]);
  }
});

test('ids of other functions, and those that are computed, are not looked at', () => {
  expect(
    problems(
      display,
      "const metrics = { metric: (_: { id: string }) => undefined };\nmetrics.metric({ id: 'a' });\nmetrics.metric({ id: 'a' });",
      "for (const id of ['a', 'b']) metric({ label: 'A', value: 1, id });",
      "metric({ label: 'A', value: 1 });\nmetric({ label: 'A', value: 1 });",
      "table([{ id: 'a' }], {});\ntable([{ id: 'a' }]);",
    ),
  ).toEqual([]);
});

test('an id that a loop has given twice fails the run at its cell', () => {
  const shown = (id?: string) => ({
    output_type: 'display_data' as const,
    data: { ...tableBundle([{ a: 1 }], id === undefined ? {} : { id }) },
    metadata: {},
  });
  const good = notebookOf([{ code: '1', outputs: [shown('a'), shown('b'), shown(), shown()] }]);
  expect(repeatedId(good)).toBeUndefined();
  const bad = notebookOf([
    { code: '1', outputs: [shown('a')] },
    { code: '2', outputs: [shown('b'), shown('a')] },
  ]);
  const failure = repeatedId(bad);
  expect(failure).toMatchObject({
    ...{ kind: 'notebook', cell: 2, ename: 'FigureIdTaken' },
    evalue:
      'the id a is that of a figure of cell 1, too: make it of what differs, like `a-${name}`',
  });
  if (failure === undefined) return;
  const [, cell] = withFailure(bad, failure).cells;
  expect(cell?.cell_type === 'code' && cell.outputs.at(-1)).toMatchObject({
    output_type: 'error',
    ename: 'FigureIdTaken',
  });
});
