/**
 * Makes the start-up snapshot of compiler processes: `node build-snapshot.js [FOLDER]`, as the last step of the
 * build beside the code, and for an installed package at the first use in the user's cache. Where Node.js cannot make
 * one, or the folder takes none, kernels start without it. Of several processes at once one makes it.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../files/make-folder.js';
import { cellCompilerOptions, nodeTypeRoot } from './compiler-options.js';
import { builtSnapshots, snapshotArgumentsOf, snapshotFlags, snapshotName } from './snapshot.js';

const isForBuild = process.argv[2] === undefined;
const folder = process.argv[2] ?? builtSnapshots;
const name = snapshotName();
const target = join(folder, name);
const here = import.meta.dirname;
const minute = 60_000;
/** How long a snapshot stays that nobody uses. */
const unused = 14 * 24 * 60 * minute;

if (isForBuild) makeFolder(folder);
else setPriority(10);
if (!existsSync(target) && takeLock()) {
  try {
    removeOld();
    makeSnapshot();
  } finally {
    rmSync(`${target}.lock`, { force: true });
  }
}

/** Whoever makes the lock's file makes the snapshot. A failed attempt leaves it, so that a day passes before the next. */
function takeLock(): boolean {
  const lock = `${target}.lock`;
  const failed = statSync(`${target}.failed`, { throwIfNoEntry: false });
  if (!isForBuild && failed !== undefined && age(failed.mtimeMs) < 24 * 60 * minute) return false;
  const held = statSync(lock, { throwIfNoEntry: false });
  if (held !== undefined && age(held.mtimeMs) > minute) rmSync(lock, { force: true });
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch {
    return false;
  }
}

/** A build keeps one; the user's cache is that of several projects. */
function removeOld(): void {
  for (const other of readdirSync(folder)) {
    if (!/^snapshot-.*\.blob/.test(other) || other.startsWith(name)) continue;
    const path = join(folder, other);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && (isForBuild || age(stat.mtimeMs) > unused))
      rmSync(path, { force: true });
  }
}

function makeSnapshot(): void {
  const draft = `${target}.${process.pid}`;
  const script = `${draft}.cjs`;
  const entry = fileURLToPath(new URL('./snapshot-entry.cjs', import.meta.url));
  // Node.js runs it as no module: there is no `exports` for the compiled file to mark.
  writeFileSync(script, `const exports = {};\n${readFileSync(entry, 'utf8')}`);
  const options = cellCompilerOptions(nodeTypeRoot(here));
  const path = createRequire(import.meta.url).resolve('typescript');
  const made = spawnSync(
    process.execPath,
    [...snapshotFlags, '--snapshot-blob', draft, '--build-snapshot', script],
    {
      cwd: here,
      encoding: 'utf8',
      env: { DAYBOOK_COMPILER_SNAPSHOT: JSON.stringify({ path, options, folder: here }) },
    },
  );
  // Not every Node.js that makes one starts from it.
  writeFileSync(script, '');
  const tried =
    made.status === 0
      ? spawnSync(process.execPath, [...snapshotArgumentsOf(draft), script], {
          encoding: 'utf8',
          env: {},
        })
      : made;
  rmSync(script, { force: true });
  if (tried.status === 0) {
    renameSync(draft, target);
    rmSync(`${target}.failed`, { force: true });
    return;
  }
  rmSync(draft, { force: true });
  writeFileSync(`${target}.failed`, tried.stderr);
  if (isForBuild)
    process.stderr.write(`Kernels will start slower, without a snapshot:\n${tried.stderr}\n`);
}

/** Milliseconds since then. */
function age(then: number): number {
  return Date.now() - then;
}
