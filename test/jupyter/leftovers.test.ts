import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeLeftovers } from '../../src/jupyter/leftovers.js';

test('what a killed run left is removed a day later, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-leftovers-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const make = (name: string, age: number, inside?: number) => {
    const path = join(folder, name);
    const at = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    if (inside === undefined) writeFileSync(path, '');
    else {
      mkdirSync(path);
      writeFileSync(join(path, 'queries.jsonl'), '');
      utimesSync(join(path, 'queries.jsonl'), at(inside), at(inside));
    }
    utimesSync(path, at(age), at(age));
  };
  make('daybook-kernel-0b5d0a4e-7c6e-4f58-9f0a-0b5d0a4e7c6e.json', 25);
  make('daybook-queries-abcDEF', 30, 30);
  make('daybook-kernel-1b5d0a4e-7c6e-4f58-9f0a-0b5d0a4e7c6e.json', 23);
  make('daybook-queries-writes', 30, 1);
  make('daybook-kernel.txt', 100);
  make('somebody-else.json', 100);
  await removeLeftovers(folder);
  expect(readdirSync(folder).sort()).toEqual([
    'daybook-kernel-1b5d0a4e-7c6e-4f58-9f0a-0b5d0a4e7c6e.json',
    'daybook-kernel.txt',
    'daybook-queries-writes',
    'somebody-else.json',
  ]);
  await removeLeftovers(join(folder, 'none'));
});
