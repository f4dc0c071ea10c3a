// @module-tag heavy
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import * as display from '../../src/display/index.js';

const execute = promisify(execFile);
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
  ['node_modules/@tslab/typescript-for-tslab/bin/tsc', ['--moduleResolution', 'node']],
  ['node_modules/typescript/bin/tsc', ['--ignoreConfig', '--module', 'nodenext']],
])('notebooks and programs see its types: %s', async (compiler, options) => {
  // Below the root, so that the packages are found; in dist/, which no other gate reads.
  const folder = await mkdtemp(resolve(root, 'dist/.consumer-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = resolve(folder, 'consumer.mts');
  await writeFile(file, consumer);
  const { stdout } = await execute(
    process.execPath,
    [
      ...[resolve(root, compiler), '--noEmit', '--strict', '--target', 'es2022', '--types', 'node'],
      ...[...options, file],
    ],
    { cwd: root },
  ).catch((error: unknown) => error as { stdout: string });
  expect(stdout).toBe('');
});
