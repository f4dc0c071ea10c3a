import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageFile } from '../files/package-file.js';

/** This folder as it is compiled. */
const compiled = packageFile('dist/cells');

/**
 * Flags of V8 with which the snapshot is made, and without which it cannot be used. A program and its
 * checker are made for each cell: with room for them, half of the garbage collection falls away.
 */
export const snapshotFlags = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

/**
 * The start-up snapshot of processes that check or compile cells: TypeScript, with its library and Node's types read
 * already (snapshot-entry.cts). The build makes it (build-snapshot.ts). Its name says what it was made
 * of, so another version of anything starts without it, only slower.
 */
export function snapshotPath(): string {
  const require = createRequire(import.meta.url);
  const hash = createHash('sha256');
  hash.update(
    `${process.version} ${process.arch} ${process.platform} ${snapshotFlags.join(' ')}\n`,
  );
  for (const manifest of ['typescript/package.json', '@types/node/package.json']) {
    const path = require.resolve(manifest);
    // Where they are counts, too: the files are known by their paths.
    hash.update(`${path}\n`).update(readFileSync(path));
  }
  for (const name of ['snapshot-entry.cjs', 'compiler-options.js', 'node-globals.js']) {
    hash.update(readFileSync(join(compiled, name)));
  }
  return join(compiled, `snapshot-${hash.digest('hex').slice(0, 16)}.blob`);
}

/**
 * What Node.js is started with to have the snapshot; nothing where there is none. NODE_OPTIONS must be
 * empty: other flags of V8 would not fit.
 */
export function snapshotArguments(): string[] {
  const path = snapshotPath();
  return existsSync(path) ? [...snapshotFlags, '--snapshot-blob', path] : [];
}
