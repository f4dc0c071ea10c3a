import { expect, test } from 'vitest';
import { dataTableOf } from '../../../src/chart/table/data-table.js';
import { readFigure } from '../../../src/chart/figure/figure.js';
import {
  formerTypes,
  plotlyBundles,
  tileTypes,
  traceTypes,
} from '../../../src/chart/figure/trace-types.js';
import type { JsonObject } from '../../../src/nbformat/notebook.js';
import { traceExamples } from '../trace-examples.js';

function tableOf(data: JsonObject[], layout: JsonObject = {}) {
  const figure = readFigure({ data, layout });
  const table = figure === undefined ? undefined : dataTableOf(figure);
  return { columns: table?.columns.map(({ label }) => label), rows: table?.rows };
}

test('there is an example of every kind, of today and before', () => {
  const all = [...plotlyBundles.flatMap((bundle) => traceTypes[bundle]), ...tileTypes];
  expect(Object.keys(traceExamples)).toEqual([...all, ...Object.keys(formerTypes)].sort());
});

test.each(Object.entries(traceExamples))('%s has its table', (type, { trace, columns, rows }) => {
  expect(tableOf([{ type, ...trace }])).toEqual({ columns, rows });
});

test('several traces of any kind have one table, with the series of each row', () => {
  for (const [type, { trace }] of Object.entries(traceExamples)) {
    const { columns, rows } = tableOf([
      { type, ...trace, name: 'one' },
      { type, ...trace, name: 'other' },
    ]);
    // plotly's own tables have columns of their own each.
    if (type === 'table') continue;
    const names = rows?.map(([first]) => first) ?? [];
    const isShared = columns?.includes('one') === true && columns.includes('other');
    expect(isShared || (names.includes('one') && names.includes('other')), type).toBe(true);
  }
});

test('what a point says beside its place has a column', () => {
  expect(
    tableOf([{ x: [1, 2], y: [3, 4], marker: { size: [5, 6], color: ['red', 'blue'] } }]),
  ).toEqual({
    columns: ['x', 'y', 'Size'],
    rows: [
      [1, 3, 5],
      [2, 4, 6],
    ],
  });
});

test('categories of categories, starts and steps, and packed numbers are read', () => {
  expect(
    tableOf([
      {
        type: 'bar',
        x: [
          ['2023', '2024'],
          ['Q1', 'Q2'],
        ],
        y: [1, 2],
      },
    ]),
  ).toEqual({
    columns: ['y', 'x 1', 'x 2'],
    rows: [
      [1, '2023', 'Q1'],
      [2, '2024', 'Q2'],
    ],
  });
  expect(tableOf([{ x0: 5, dx: 2, y: [1, 2] }]).rows).toEqual([
    [5, 1],
    [7, 2],
  ]);
  expect(tableOf([{ x0: '2024-01-01', dx: 86_400_000, y: [1, 2] }]).rows).toEqual([
    ['2024-01-01', 1],
    ['2024-01-02', 2],
  ]);
  expect(tableOf([{ y: { dtype: 'int8', bdata: 'AQI=' } }]).rows).toEqual([
    [0, 1],
    [1, 2],
  ]);
});
