// @module-tag heavy
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

const { scripts } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The gates of `npm run check`, each a script of package.json, which `sh` runs as npm does. */
const gates = ['check:format', 'check:lint', 'check:client', 'check:imports', 'check:dead'];

test.each(gates)('npm run %s finds nothing', { timeout: 300_000 }, async (gate) => {
  const findings = await execute('sh', ['-c', scripts[gate] ?? 'false'], {
    cwd: root,
    env: {
      ...process.env,
      PATH: [resolve(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
      ...{ NO_COLOR: '1', FORCE_COLOR: '0' },
      // The linter's type check ends before it needs to collect much: a fifth of its processor time.
      GOGC: '400',
    },
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
