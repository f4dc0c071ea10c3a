// @module-tag heavy
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as display from '../../src/display/index.js';
import { typeProblems } from '../package/type-problems.js';

const root = resolve(import.meta.dirname, '../..');

test('the public names', () => {
  expect(Object.keys(display).sort()).toEqual([
    'clearOutput',
    'display',
    'formatCount',
    'formatDate',
    'formatList',
    'formatMonth',
    'formatNumber',
    'formatPercent',
    'html',
    'markdown',
    'metric',
    'plot',
    'table',
  ]);
});

test('outside a kernel a program hears why nothing is shown', () => {
  expect(() => {
    display.markdown('x');
  }).toThrow(/not a cell of a notebook/);
});

const consumer = `
import { formatMonth, metric, plot, table, type PlotlyTrace } from 'daybook/display';
interface Row { month: string; customers: number; rate: number | null }
const rows: Row[] = [];
const bars: PlotlyTrace = { type: 'bar', x: rows.map((row) => row.month), anything: { goes: true } };
plot({ title: 'T', data: [bars], layout: { yaxis: { title: { text: 'n' }, dtick: 1 } } });
metric({ label: 'L', value: 1n });
table(rows, { columns: ['customers', { key: 'month', format: formatMonth }] });
// @ts-expect-error: a column that is not there
table(rows, { columns: ['mont'] });
// @ts-expect-error: a format for another type
table(rows, { columns: [{ key: 'customers', format: formatMonth }] });
// @ts-expect-error: a title is text, its axes' titles are objects
plot({ title: 'T', data: [], layout: { xaxis: { title: 'n' } } });
`;

test.each([
  ['@tslab/typescript-for-tslab', { module: 'es2022', moduleResolution: 'node' }],
  ['typescript', { module: 'nodenext' }],
])('notebooks and programs see its types: %s', async (compiler, modules) => {
  // Below the root, so that the packages are found; in dist/, which no other gate reads.
  const folder = await mkdtemp(resolve(root, 'dist/.consumer-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(resolve(folder, 'consumer.mts'), consumer);
  expect(await typeProblems(folder, compiler, modules, ['consumer.mts'])).toBe('');
});
