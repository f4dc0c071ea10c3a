import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireHome } from '../../src/config/require-home.js';
import { ConfigError } from '../../src/errors.js';
import { makeFolder } from '../../src/files/make-folder.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-folder-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('what is missing is made, with its mode; what is there stays', () => {
  const path = join(folder, 'a/b/c');
  makeFolder(path, 0o700);
  makeFolder(path, 0o755);
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a file in the way is an error', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => {
    makeFolder(join(folder, 'file'));
  }).toThrow(/EEXIST/);
  expect(() => {
    makeFolder(join(folder, 'file/below'));
  }).toThrow(/EEXIST|ENOTDIR/);
});

// Node's own `mkdir` with `recursive` never returns from these.
describe.runIf(existsSync('/proc/self'))('below /proc', () => {
  test.each(['/proc/nope', '/proc/nope/deeper', '/proc/self/x/y'])('%s ends', (path) => {
    expect(() => {
      makeFolder(path);
    }).toThrow(/ENOENT/);
    expect(() => {
      requireHome(path);
    }).toThrow(ConfigError);
  });
});

test('DAYBOOK_HOME that can be made leaves nothing behind by being looked at', () => {
  const home = join(folder, 'home');
  requireHome(home);
  expect(existsSync(home)).toBe(false);
});
