import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { nearestAbove } from '../../src/files/nearest-above.js';
import { packageFile } from '../../src/files/package-file.js';

test('what comes with Daybook is found, from the sources and from the bundle', async () => {
  const root = join(import.meta.dirname, '..', '..');
  expect(packageFile('package.json')).toBe(join(root, 'package.json'));
  const compiled = (await import(join(root, 'dist/files/package-file.js'))) as {
    packageFile: typeof packageFile;
  };
  expect(compiled.packageFile('dist/kernel/main.js')).toBe(join(root, 'dist/kernel/main.js'));
});

test('the nearest folder that fits may be the path itself, and there may be none', () => {
  const here = import.meta.dirname;
  expect(nearestAbove(here, existsSync)).toBe(here);
  expect(nearestAbove(join(here, 'a', 'b'), existsSync)).toBe(here);
  expect(nearestAbove(here, (folder) => folder === dirname(here))).toBe(dirname(here));
  expect(nearestAbove(here, () => false)).toBeUndefined();
});
