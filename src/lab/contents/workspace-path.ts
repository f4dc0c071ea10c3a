import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RequestError } from '../http/request-error.js';

/**
 * A place in the workspace as the Contents API names it: segments below the root, joined with `/`;
 * the root is the empty string. Made by {@link parseWorkspacePath} alone, so it holds no `..`, no
 * hidden name and nothing that a file system reads as more than a name.
 */
export type WorkspacePath = string & { readonly workspacePath: true };

/**
 * Checks a path that a client sent.
 *
 * @param path - Percent-decoded once. Slashes at either end are ignored, as jupyter_server does.
 * @throws RequestError 404 for every path that cannot be in the workspace. Hidden files (a name that
 *   begins with a dot) count as not there: `.env`, `.git` and checkpoints are nobody's notebook.
 */
export function parseWorkspacePath(path: string): WorkspacePath {
  const segments = path.split('/').filter((segment, index, all) => {
    const atAnEnd = index === 0 || index === all.length - 1;
    return segment !== '' || !atAnEnd;
  });
  if (!segments.every(isVisibleName)) throw notFound(path);
  return segments.join('/') as WorkspacePath;
}

/** Whether a name may be shown and opened: one segment, not hidden, the same on every system. */
export function isVisibleName(name: string): boolean {
  // Backslashes, colons and trailing dots lead elsewhere on Windows; control characters nowhere.
  // eslint-disable-next-line no-control-regex
  return name !== '' && !name.startsWith('.') && !/[/\\:\x00-\x1f\x7f]|[. ]$/.test(name);
}

/** The folder that a path is in; of the root, the root. */
export function parentOf(path: WorkspacePath): WorkspacePath {
  const end = path.lastIndexOf('/');
  return (end < 0 ? '' : path.slice(0, end)) as WorkspacePath;
}

/** A file or folder in a folder. */
export function childOf(folder: WorkspacePath, name: string): WorkspacePath {
  return parseWorkspacePath(folder === '' ? name : `${folder}/${name}`);
}

/** The last segment; of the root, the empty string. */
export function nameOf(path: WorkspacePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The answer to what is not there, or shall look like it. */
export function notFound(path: string): RequestError {
  return new RequestError(404, `file or directory does not exist: ${JSON.stringify(path)}`);
}

/** Finds the places of one workspace on disk. */
export interface WorkspaceFolder {
  /**
   * The file or folder itself, links followed.
   *
   * @throws RequestError 404 when it is not there, or a link leads out of the workspace or to
   *   something hidden.
   */
  resolve(path: WorkspacePath): Promise<string>;
  /**
   * Where an entry is or would be: its folder with links followed, and its own name. For what acts on
   * the entry and not on what it points to: creating, deleting, renaming.
   *
   * @throws RequestError 404 when its folder is not there or outside.
   */
  resolveEntry(path: WorkspacePath): Promise<string>;
}

/** The workspace below a folder, which must exist. */
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

/** Whether what is there is an entry: a file, a folder or a link, and no pipe, socket or device. */
export function isEntry(stats: Stats): boolean {
  return stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
}

/** Whether something is there, be it a link that leads nowhere. */
export async function entryExists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
