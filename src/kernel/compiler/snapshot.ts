import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The start-up snapshot of compiler processes: TypeScript, with its library and Node's types read
 * already (snapshot-entry.cts). The build makes it (build-snapshot.ts). Its name says what it was made
 * of, so another version of anything starts without it, only slower.
 */
export function snapshotPath(): string {
  const require = createRequire(import.meta.url);
  const hash = createHash('sha256');
  hash.update(`${process.version} ${process.arch} ${process.platform}\n`);
  for (const manifest of ['typescript/package.json', '@types/node/package.json']) {
    const path = require.resolve(manifest);
    // Where they are counts, too: the files are known by their paths.
    hash.update(`${path}\n`).update(readFileSync(path));
  }
  hash.update(readFileSync(fileURLToPath(new URL('./snapshot-entry.cjs', import.meta.url))));
  hash.update(
    readFileSync(fileURLToPath(new URL('../../cells/compiler-options.js', import.meta.url))),
  );
  const name = `snapshot-${hash.digest('hex').slice(0, 16)}.blob`;
  return fileURLToPath(new URL(name, import.meta.url));
}

/** What a compiler process is started with to have the snapshot; nothing where there is none. */
export function snapshotArguments(): string[] {
  const path = snapshotPath();
  return existsSync(path) ? ['--snapshot-blob', path] : [];
}
