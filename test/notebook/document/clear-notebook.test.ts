import { expect, test } from 'vitest';
import { clearNotebook, withMark } from '../../../src/notebook/document/clear-notebook.js';
import { markdown, notebookOf } from '../notebooks.js';

test('nothing of an earlier run stays, everything else does', () => {
  const notebook = notebookOf(
    [
      markdown('text'),
      {
        code: 'x',
        tags: ['keep'],
        metadata: {
          execution: { 'iopub.status.busy': '2000-01-01T00:00:00Z' },
          daybook: { status: 'failed', fold: true },
          collapsed: true,
        },
        outputs: [{ output_type: 'stream', name: 'stdout', text: 'STALE' }],
      },
      { code: 'y', metadata: { daybook: { status: 'not-run' } } },
    ],
    { title: 't', daybook: { position: 2, run: { status: 'failed' } } },
  );
  const [, code] = notebook.cells;
  if (code?.cell_type === 'code') code.execution_count = 7;
  const cleared = clearNotebook(notebook);
  expect(cleared.metadata).toEqual({ title: 't', daybook: { position: 2 } });
  expect(cleared.cells[0]).toEqual(notebook.cells[0]);
  expect(cleared.cells[1]).toMatchObject({ outputs: [], execution_count: null });
  expect(cleared.cells[1]?.metadata).toEqual({
    tags: ['keep'],
    daybook: { fold: true },
    collapsed: true,
  });
  expect(cleared.cells[2]?.metadata).toEqual({});
  expect(clearNotebook(cleared)).toEqual(cleared);
});

test('a mark is added beside what is there', () => {
  expect(withMark({ a: 1, daybook: { position: 1 } }, 'run', 'x')).toEqual({
    a: 1,
    daybook: { position: 1, run: 'x' },
  });
  expect(withMark({ daybook: 'odd' }, 'run', 'x')).toEqual({ daybook: { run: 'x' } });
});
