import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DaybookError } from '../../errors.js';
import { fileStamp } from './file-stamp.js';

/** A file of a source. */
export interface LogFile {
  /** Its path below the data folder, with `/` between folders: its name in the warehouse. */
  readonly name: string;
  /** Where to open it. */
  readonly path: string;
  /** Size on disk in bytes, when it was found. */
  readonly bytes: number;
  /** See `fileStamp`; without it only the content can tell whether the file changed. */
  readonly stamp?: string | undefined;
}

/**
 * The files of sources: all below `folder` whose names match a pattern, sorted by name. Hidden files
 * and folders (`.name`) are left out. Symbolic links are followed, but a file that can be reached
 * twice is taken once, by the name that sorts first.
 *
 * @param patterns - Names of files, or paths below the folder if there is a `/`; `*` for anything.
 * @throws DaybookError `DATA_MISSING` without the folder or a matching file; `DATA_UNREADABLE` for a
 *   folder or link that cannot be followed; `DATA_AMBIGUOUS` when a log lies beside itself compressed.
 */
export async function findFiles(folder: string, patterns: readonly string[]): Promise<LogFile[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new DaybookError('DATA_MISSING', `there is no data folder ${folder}`, {
      hint: 'name the folder of the logs with --data DIR or DAYBOOK_DATA_DIR, or make some: daybook sample-data --output DIR',
    });
  }
  const matches = (name: string): boolean =>
    patterns.some((pattern) => matchesPattern(name, pattern));
  const reachable = await walk(folder, '', matches, new Set());
  reachable.sort((a, b) => (a.name < b.name ? -1 : 1));
  const taken = new Set<string>();
  const files = reachable.filter(({ target }) => !taken.has(target) && taken.add(target));
  if (files.length === 0) {
    throw new DaybookError('DATA_MISSING', `no file below ${folder} is named like a log`, {
      hint: `names that are read: ${patterns.join(', ')}`,
    });
  }
  const names = new Set(files.map((file) => file.name));
  const packed = files.find(
    ({ name }) => names.has(name.replace(/\.(?:gz|zst)$/, '')) && /\.(?:gz|zst)$/.test(name),
  );
  if (packed !== undefined) {
    const plain = packed.name.replace(/\.(?:gz|zst)$/, '');
    throw new DaybookError('DATA_AMBIGUOUS', `${plain} lies beside ${packed.name}`, {
      where: folder,
      hint: 'remove one of them; loading both would count every event twice',
    });
  }
  return files.map(({ name, path, bytes, stamp }) => ({ name, path, bytes, stamp }));
}

async function walk(
  folder: string,
  prefix: string,
  matches: (name: string) => boolean,
  visited: Set<string>,
): Promise<(LogFile & { target: string })[]> {
  const found: (LogFile & { target: string })[] = [];
  const real = await readable(folder, realpath(folder));
  // A link to a folder above itself would never end.
  if (visited.has(real)) return found;
  visited.add(real);
  const names = await readable(folder, readdir(folder));
  for (const name of names.sort()) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    const below = prefix === '' ? name : `${prefix}/${name}`;
    // A link that leads nowhere matters only if its name says that it is a log.
    const status = await stat(path, { bigint: true }).catch((cause: unknown) => {
      if (matches(below)) throw unreadable(path, cause);
      return undefined;
    });
    if (status?.isDirectory() === true) found.push(...(await walk(path, below, matches, visited)));
    if (status?.isFile() === true && matches(below)) {
      const target = await readable(path, realpath(path));
      const bytes = Number(status.size);
      found.push({ name: below, path, bytes, stamp: fileStamp(status), target });
    }
  }
  return found;
}

async function readable<Value>(path: string, value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The error for something in the data folder that cannot be read. */
export function unreadable(path: string, cause: unknown): DaybookError {
  return new DaybookError('DATA_UNREADABLE', 'cannot be read', {
    where: path,
    cause,
    hint: 'mend it or move it out of the data folder; nothing of it was loaded',
  });
}

/**
 * Whether a pattern takes a file.
 *
 * @param name - Its path below the data folder. A pattern without `/` is about the last part alone.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  const subject = pattern.includes('/') ? name : basename(name);
  return new RegExp(`^${pattern.split('*').map(escapeForRegExp).join('.*')}$`, 's').test(subject);
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
