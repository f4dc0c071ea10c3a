// The start-up snapshot of the compiler (V8), for fast kernels.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFile } from '../../files/package-file.js';
import { isOwn, makeOwnFolder, userCacheFolder } from '../../files/user-cache.js';

/** The compiled folder. */
const compiled = packageFile('dist/cells/compiler');

/** Where a build leaves a snapshot beside the code; an installed package comes without. */
export const builtSnapshots = packageFile('dist/cache');

/**
 * V8 flags of the snapshot, without which it cannot be used. Each cell makes a program and its checker: larger
 * spaces halve the garbage collection.
 */
export const snapshotFlags = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

/**
 * The name of the start-up snapshot of processes that check or compile cells: TypeScript, with its library and
 * Node's types read already (snapshot-entry.cts). It says what the snapshot is made of, so another version of
 * anything starts without it, only slower, and makes its own.
 */
export function snapshotName(): string {
  const require = createRequire(import.meta.url);
  const hash = createHash('sha256');
  hash.update(
    `${process.version} ${process.arch} ${process.platform} ${snapshotFlags.join(' ')}\n`,
  );
  for (const manifest of ['typescript/package.json', '@types/node/package.json']) {
    const path = require.resolve(manifest);
    // Paths count, too: files are known by their paths.
    hash.update(`${path}\n`).update(readFileSync(path));
  }
  for (const name of ['snapshot-entry.cjs', 'compiler-options.js', 'node-globals.js']) {
    hash.update(readFileSync(join(compiled, name)));
  }
  return `snapshot-${hash.digest('hex').slice(0, 16)}.blob`;
}

/**
 * What Node.js is started with to have the snapshot; nothing where there is none yet: then a process of its own
 * makes one in the user's cache, for the next start. NODE_OPTIONS must be empty: other flags of V8 would not fit.
 *
 * @param env - Says where the user's cache is.
 */
export function snapshotArguments(env: Readonly<Record<string, string | undefined>>): string[] {
  const name = snapshotName();
  const built = join(builtSnapshots, name);
  if (existsSync(built)) return snapshotArgumentsOf(built);
  const folder = userCacheFolder({ env });
  const cached = join(folder, name);
  if (isOwn(folder) && isOwn(cached)) {
    markUsed(cached);
    return snapshotArgumentsOf(cached);
  }
  if (makeOwnFolder(folder)) makeInBackground(folder);
  return [];
}

/** What Node.js is started with to use a snapshot. */
export function snapshotArgumentsOf(path: string): string[] {
  return [...snapshotFlags, '--snapshot-blob', path];
}

/**
 * Takes a snapshot out of the user's cache that a process could not start with: the next start makes it anew.
 *
 * @param execArgv - What the process was started with.
 * @param signal - What ended it; null: it ended itself.
 */
export function discardSnapshot(execArgv: readonly string[], signal: string | null): void {
  const wasStopped = ['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGTERM'].includes(signal ?? '');
  const at = execArgv.indexOf('--snapshot-blob');
  const path = at === -1 ? undefined : execArgv[at + 1];
  if (wasStopped || path === undefined || dirname(path) === builtSnapshots) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // Each start goes on without it.
  }
}

const oneDay = 86_400_000;

/** Those that nobody has used for a while are removed when another is made (build-snapshot.ts). */
function markUsed(path: string): void {
  try {
    if (Date.now() - statSync(path).mtimeMs > oneDay) utimesSync(path, new Date(), new Date());
  } catch {
    // It is as good as before.
  }
}

function makeInBackground(folder: string): void {
  const child = spawn(process.execPath, [join(compiled, 'build-snapshot.js'), folder], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: {},
  });
  child.on('error', () => undefined);
  child.unref();
}
