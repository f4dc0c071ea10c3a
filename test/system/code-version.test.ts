import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { codeVersion } from '../../src/system/code-version.js';

const folder = mkdtempSync(join(tmpdir(), 'daybook-code-version-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('names the commit, says when files differ from it, and knows when it cannot tell', async () => {
  expect(await codeVersion(folder)).toBeUndefined();
  expect(await codeVersion(folder, 'v1')).toBe('v1');

  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
      cwd: folder,
      encoding: 'utf8',
    }).trim();
  writeFileSync(join(folder, 'a'), '1');
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  const commit = git('rev-parse', '--short=7', 'HEAD');
  expect(await codeVersion(folder)).toBe(commit);
  writeFileSync(join(folder, 'a'), '2');
  expect(await codeVersion(folder)).toBe(`${commit}+`);
});
