// @module-tag heavy
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

/** The gates of `npm run check`, each a script of package.json. */
const gates = ['check:format', 'check:lint', 'check:client', 'check:imports', 'check:dead'];

test.each(gates)('npm run %s finds nothing', { timeout: 300_000 }, async (gate) => {
  const findings = await execute('npm', ['run', '--silent', gate], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    () => '',
    (error: unknown) => {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return stdout + stderr || String(error);
    },
  );
  expect(findings).toBe('');
});
