import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compiles src/ to dist/ when a source is newer: tests that run `daybook` as a process of its own,
 * or import its packages by name, run what was compiled.
 *
 * @throws Error with the compiler's messages when it does not compile.
 */
export function buildIfNeeded(root: string): void {
  const state = join(root, 'dist', '.tsbuildinfo');
  const built = modified(state);
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  if (sources.every((name) => modified(join(root, 'src', name)) < built)) return;
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`src does not compile:\n${stdout}`);
  // The compiler leaves it where only the time of a source is new: it would be asked again each time.
  utimesSync(state, new Date(), new Date());
  for (const script of ['copy-assets', 'bundle-page-script', 'lead-to-tables']) {
    spawnSync(process.execPath, [join(root, `scripts/${script}.js`)]);
  }
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
