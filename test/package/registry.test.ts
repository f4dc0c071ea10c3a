// @module-tag heavy
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startRegistry } from './registry.js';

const execute = promisify(execFile);

test('hands out what was published to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-registry-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const registry = await startRegistry(folder);
  onTestFinished(() => registry.stop());
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'create-daybook',
      version: '9.9.9',
      main: 'index.js',
      files: ['index.js'],
    }),
  );
  writeFileSync(join(folder, 'index.js'), '');
  await registry.publish(folder, 'next');
  const { stdout } = await execute('npm', ['view', 'create-daybook', 'dist-tags.next'], {
    env: { ...process.env, ...registry.env },
  });
  expect(stdout.trim()).toBe('9.9.9');
});
