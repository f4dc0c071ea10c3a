import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { memoryFolder } from './memory-folder.js';

test.each(['/proc', '/no/such/folder'])('%s keeps no files in memory', (folder) => {
  expect(memoryFolder(folder)).toBeUndefined();
});

test('where a run keeps its files in memory, temporary ones are with them', (context) => {
  const home = inject('testHome');
  if (dirname(home) !== '/dev/shm') context.skip('no folder in memory with room for a test run');
  expect(tmpdir()).toBe(join(home, 'tmp'));
});
