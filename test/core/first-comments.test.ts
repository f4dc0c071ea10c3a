import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('every file of src/ begins with a comment that says what it is responsible for', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .filter((file) => !/^\s*\/[/*]/.test(readFileSync(join('src', file), 'utf8')));
  expect(files).toEqual([]);
});
