import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findBrowser } from '../src/browser.js';

test('CVE-2025-53000: a program of the folder that one works in is never taken for the browser', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-browser-'));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  const program = join(folder, 'chromium');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  // An empty place in the PATH means the working folder to a shell.
  for (const PATH of ['', delimiter, `${delimiter}${join(folder, 'nothing')}`]) {
    await expect(findBrowser({ PATH })).rejects.toMatchObject({ code: 'BROWSER_MISSING' });
  }
  expect(await findBrowser({ PATH: folder })).toBe(program);
});
