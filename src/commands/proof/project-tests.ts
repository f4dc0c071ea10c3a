// The project's own tests, for `daybook test`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Environment } from '../../config/environment/env-file.js';
import { packageFile } from '../../files/package-file.js';

/** The folder of a project's own tests. */
const testFolder = 'tests';

/** How a project's own tests ended. */
export interface TestedProject {
  readonly files: number;
  readonly passed: boolean;
  /** What the tests said. */
  readonly output: string;
}

/**
 * Runs the tests that a project has itself: by vitest where package.json names it, else by Node.js's own runner,
 * which needs no package. They may be TypeScript.
 *
 * @param env - Leads them to their warehouse.
 */
export async function runProjectTests(
  root: string,
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<TestedProject> {
  const files = await testFiles(root);
  if (files.length === 0) return { files: 0, passed: true, output: '' };
  const vitest = await vitestOf(root);
  const preload = pathToFileURL(packageFile('dist/commands/proof/register-typescript.js')).href;
  const options = ['--enable-source-maps', '--import', preload, '--test', '--test-reporter=spec'];
  const child = spawn(
    process.execPath,
    vitest === undefined ? [...options, ...files] : [vitest, 'run', testFolder],
    {
      cwd: root,
      // Within somebody's tests Node.js would report to those.
      env: { ...env, NODE_TEST_CONTEXT: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { files: files.length, passed: code === 0, output };
}

/** Paths from the root, in their order. */
async function testFiles(root: string): Promise<string[]> {
  const folder = join(root, testFolder);
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names
    .filter((name) => /\.test\.[cm]?[jt]s$/.test(name))
    .sort()
    .map((name) => join(testFolder, name));
}

/** The program of the vitest that a project depends on. */
async function vitestOf(root: string): Promise<string | undefined> {
  const file = join(root, 'package.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const { dependencies, devDependencies } = JSON.parse(text) as Record<string, object | undefined>;
  if (!('vitest' in { ...dependencies, ...devDependencies })) return undefined;
  return join(dirname(createRequire(file).resolve('vitest/package.json')), 'vitest.mjs');
}
