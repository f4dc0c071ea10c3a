// @module-tag heavy
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../database.js';

const execute = promisify(execFile);

// TypeScript takes 0.1 s of processor time and 50 MB: what most runs do not need is loaded by who does.
test('no command, nor the kernel itself, loads the compiler when it starts', async () => {
  const commands = readdirSync(join(root, 'dist/commands'), { recursive: true, encoding: 'utf8' })
    // Hooks of a project's own tests, which are TypeScript.
    .filter((path) => path.endsWith('.js') && !path.endsWith('typescript-hooks.js'))
    .map((path) => join('commands', path));
  const modules = [...commands, 'kernel/kernel.js'].map(
    (path) => pathToFileURL(join(root, 'dist', path)).href,
  );
  expect(modules.length).toBeGreaterThan(50);
  const program = `
    const { createRequire } = await import('node:module');
    const { cache } = createRequire(${JSON.stringify(join(root, 'package.json'))});
    for (const url of ${JSON.stringify(modules)}) {
      await import(url);
      if (Object.keys(cache).some((path) => path.endsWith('/typescript/lib/typescript.js'))) {
        console.log(url);
        process.exit();
      }
    }
    process.exit();`;
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout).toBe('');
});
