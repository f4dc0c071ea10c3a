import { expect, test } from 'vitest';
import { plotlyType } from '../../../src/chart/figure/figure.js';
import { plotBundle } from '../../../src/display/plot.js';
import { withoutPictures, withPictures } from '../../../src/notebook/document/figure-pictures.js';
import type { MimeBundle, Notebook } from '../../../src/nbformat/notebook.js';

function notebookOf(...bundles: MimeBundle[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      { id: 'a', cell_type: 'markdown', metadata: {}, source: 'A' },
      {
        id: 'b',
        cell_type: 'code',
        metadata: {},
        execution_count: 1,
        source: '',
        outputs: [
          { output_type: 'stream', name: 'stdout', text: 'x' },
          ...bundles.map((data) => ({ output_type: 'display_data' as const, data, metadata: {} })),
        ],
      },
    ],
  };
}

const chart = plotBundle({ title: 'T', data: [{ type: 'bar', x: ['a'], y: [1] }] });
const lean = { [plotlyType]: chart[plotlyType]!, 'text/plain': chart['text/plain'] };

test('the publication keeps the figure of a chart, a file its picture too', () => {
  expect(chart['text/html']).toContain('<img');
  const stored = withoutPictures(notebookOf(chart));
  expect(stored).toEqual(notebookOf(lean));
  expect(withPictures(stored)).toEqual(notebookOf(chart));
  const lines = { ...chart, 'text/html': (chart['text/html'] as string).split(/(?<=\n)/) };
  expect(withoutPictures(notebookOf(lines))).toEqual(stored);
});

test('what others put beside a figure, and what is no figure, stays', () => {
  const others = [
    { [plotlyType]: { data: [{ y: [1] }] }, 'text/html': '<div>drawn by a script</div>' },
    { 'text/html': '<figure class="daybook-figure"></figure>' },
    { [plotlyType]: 'no figure', 'text/plain': '?' },
  ];
  expect(withoutPictures(notebookOf(...others))).toEqual(notebookOf(...others));
  expect(withPictures(notebookOf(...others))).toEqual(notebookOf(...others));
});
