// Paths of the workspace: validation, and protection against leaving it.

import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RequestError } from '../http/request-error.js';

/**
 * A path of the Contents API: segments below the root, joined with `/`; the root is the empty string. Only {@link
 * parseWorkspacePath} makes it, so it has no `..`, no hidden name and no character with a meaning for a file
 * system.
 */
export type WorkspacePath = string & { readonly workspacePath: true };

/**
 * Validates a client's path.
 *
 * @param path - Percent-decoded once. Slashes at either end are ignored, as in jupyter_server.
 * @throws RequestError 404 for every path that cannot be in the workspace. Hidden files (a name that begins with a
 *   dot) count as missing: `.env`, `.git` and checkpoints are not for clients.
 */
export function parseWorkspacePath(path: string): WorkspacePath {
  const segments = path.split('/').filter((segment, index, all) => {
    const atAnEnd = index === 0 || index === all.length - 1;
    return segment !== '' || !atAnEnd;
  });
  if (!segments.every(isVisibleName)) throw notFound(path);
  return segments.join('/') as WorkspacePath;
}

/** Whether a name may be shown and opened: one segment, not hidden, valid on every system. */
export function isVisibleName(name: string): boolean {
  // Backslashes, colons and trailing dots lead elsewhere on Windows; control characters nowhere.
  // eslint-disable-next-line no-control-regex
  return name !== '' && !name.startsWith('.') && !/[/\\:\x00-\x1f\x7f]|[. ]$/.test(name);
}

/** The parent folder of a path; of the root, the root. */
export function parentOf(path: WorkspacePath): WorkspacePath {
  const end = path.lastIndexOf('/');
  return (end < 0 ? '' : path.slice(0, end)) as WorkspacePath;
}

/** The path of an entry in a folder. */
export function childOf(folder: WorkspacePath, name: string): WorkspacePath {
  return parseWorkspacePath(folder === '' ? name : `${folder}/${name}`);
}

/** The last segment; of the root, the empty string. */
export function nameOf(path: WorkspacePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The error for a missing entry, or one that must look like it. */
export function notFound(path: string): RequestError {
  return new RequestError(404, `file or directory does not exist: ${JSON.stringify(path)}`);
}

/** Resolves paths of a workspace on disk. */
export interface WorkspaceFolder {
  /**
   * The path of a file or folder, links resolved.
   *
   * @throws RequestError 404 when it is missing, or a link leads out of the workspace or to something hidden.
   */
  resolve(path: WorkspacePath): Promise<string>;
  /**
   * The path of an entry itself, with links resolved in its folder only: for creating, deleting and renaming.
   *
   * @throws RequestError 404 when its folder is missing or outside.
   */
  resolveEntry(path: WorkspacePath): Promise<string>;
}

/** The workspace in a folder, which must exist. */
export async function openWorkspaceFolder(folder: string): Promise<WorkspaceFolder> {
  const root = await realpath(folder);
  const resolvePath = async (path: WorkspacePath): Promise<string> => {
    let real: string;
    try {
      real = await realpath(join(root, path));
    } catch {
      throw notFound(path); // missing, a circle of links, or a file where a folder should be
    }
    // Compared by segments: /data/notes-private is not inside /data/notes (CVE-2026-86258).
    const inside = relative(root, real);
    const segments = inside === '' ? [] : inside.split(sep);
    if (!segments.every(isVisibleName)) throw notFound(path);
    return real;
  };
  return {
    resolve: resolvePath,
    async resolveEntry(path) {
      if (path === '') throw new RequestError(400, 'not possible for the root of the workspace');
      return join(await resolvePath(parentOf(path)), nameOf(path));
    },
  };
}

/** Whether it is a file, a folder or a link, rather than a pipe, socket or device. */
export function isEntry(stats: Stats): boolean {
  return stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
}

/** Whether an entry exists, broken links included. */
export async function entryExists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
