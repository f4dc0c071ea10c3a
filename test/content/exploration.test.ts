// @module-tag heavy
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildIfNeeded } from '../build.js';
import { createTestDatabase, root, type TestDatabase } from '../database.js';
import { requireShared } from '../requirement.js';
import { runAndRead } from './shown.js';

const notebook = 'exploration/first-pass.ipynb';
let database: TestDatabase;
let empty: string;

beforeAll(async () => {
  buildIfNeeded(root);
  database = await createTestDatabase();
  empty = await mkdtemp(join(tmpdir(), 'daybook-empty-'));
});
afterAll(async () => {
  await database.drop();
  await rm(empty, { recursive: true });
});

test('the first pass finds the traps of the real logs', { timeout: 300_000 }, async (context) => {
  const dataDir = requireShared(context, 'data');
  const [shown] = await runAndRead(database, [notebook], dataDir);
  const text = shown?.texts.join('\n').replaceAll('\u00a0', ' ') ?? '';
  expect(shown?.noise).toEqual([]);
  for (const finding of [
    '**92,053 lines** in 12 files, from 1 January 2019 to 31 December 2019: the logs of this workspace.',
    '**49 lines** carry an offset that was not in force. 40 of them are changes of plan that carry ' +
      'the offset of the customer’s sign-up, 9 name the hour that the clocks skipped in spring.',
    '3 lines of another month',
    'By two letters after the last comma and a space, **998 of 1,000** are found; missed:',
    'quotation mark at the end or not, **1,000 of 1,000** are found.',
    'Not a code of today: NF.',
    'The longest silence that ended was 29.4 days',
    'After 30 days of silence nobody came back',
    '26 % of the customers have events before their sign-up',
    '6 changes of plan came after the last login',
  ]) {
    expect(text).toContain(finding);
  }
});

test('without logs it makes samples, and says so', { timeout: 300_000 }, async () => {
  const [shown] = await runAndRead(database, [notebook], empty);
  expect(shown?.noise).toEqual([]);
  expect(shown?.texts[0]).toContain(`sample logs, because ${empty} has none.`);
  expect(shown?.charts).toHaveLength(1);
});
