// Files of the data folder: which match a source's pattern, and which are skipped.

import { isUtf8 } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isObjectAddress } from '../../../storage/object-address.js';
import type { ObjectPlace } from '../../../storage/read-object.js';
import { globPattern } from '../../../text/glob.js';
import { DaybookError } from '../../../errors.js';
import type { PassedOver } from '../../../history/reports/pipeline-report.js';

/** A file of a source. */
export interface LogFile {
  /** The path relative to the data folder, with `/`, or an object's address: the file's name in the warehouse. */
  readonly name: string;
  /** The path to open, or the object's address. */
  readonly path: string;
  /** Where it is an object of a store. */
  readonly object?: ObjectPlace | undefined;
  /** Size on disk in bytes. */
  readonly bytes: number;
  /** See `fileStamp`; without it only the content shows whether the file changed. */
  readonly stamp?: string | undefined;
  /** The error of a file that cannot be read. */
  readonly problem?: DaybookError;
}

/** The content of a data folder, of stores, or of both. */
export interface FolderContent {
  /** The matching files, sorted by name. */
  readonly files: readonly LogFile[];
  /** All other files, except hidden ones and common ones, like a README. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * The files below `folder` that match a pattern, sorted by name.
 *
 * @param patterns - Names of files, or paths relative to the folder if they contain `/`; `*` for anything.
 * @throws DaybookError `DATA_MISSING` without the folder or a matching file.
 */
export async function findFiles(folder: string, patterns: readonly string[]): Promise<LogFile[]> {
  return [...(await surveyFolder(folder, patterns)).files];
}

/**
 * Lists all files below a folder. Hidden files and folders (`.name`) are left out. Symbolic links are followed,
 * but a file that several links of either kind lead to is listed once, by the name that sorts first. Unreadable
 * entries are listed with their error, so that they fail by themselves.
 *
 * @throws As {@link findFiles}.
 */
export async function surveyFolder(
  folder: string,
  patterns: readonly string[],
): Promise<FolderContent> {
  // Nothing is looked for where nothing is declared.
  if (patterns.length === 0) return { files: [], passedOver: [] };
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
  const reachable = await walk(Buffer.from(folder), '', matches, new Set());
  reachable.sort((a, b) => (a.name < b.name ? -1 : 1));
  const taken = new Map<string, string>();
  const files: LogFile[] = [];
  const passedOver: PassedOver[] = [];
  for (const { inode, passedOver: reason, ...file } of reachable) {
    const first = inode === undefined ? undefined : taken.get(inode);
    if (reason !== undefined) passedOver.push({ file: file.name, reason });
    else if (first !== undefined) {
      passedOver.push({ file: file.name, reason: `it is ${first} by another name` });
    } else {
      files.push(file);
      if (inode !== undefined) taken.set(inode, file.name);
    }
  }
  if (files.length === 0) {
    throw new DaybookError('DATA_MISSING', `no file below ${folder} is named like a log`, {
      hint: `names that are read: ${patterns.join(', ')}`,
    });
  }
  return { files: withAmbiguous(files), passedOver };
}

/** Marks files that are present both packed and unpacked as failed: their names do not show which is complete. */
export function withAmbiguous(files: readonly LogFile[]): LogFile[] {
  const names = new Set(files.map(({ name }) => name));
  const twins = new Map<string, string>();
  for (const name of names) {
    const plain = name.replace(/\.(?:gz|zst)$/, '');
    if (plain === name || !names.has(plain)) continue;
    twins.set(name, plain);
    twins.set(plain, name);
  }
  return files.map((file) => {
    const twin = twins.get(file.name);
    if (twin === undefined || file.problem !== undefined) return file;
    const problem = new DaybookError('DATA_AMBIGUOUS', `lies beside ${twin}`, {
      where: file.path,
      hint: 'remove one of them; loading both would count every event twice. What was loaded of them stays',
    });
    return { ...file, problem };
  });
}

/** A file of a source, or a skipped one. */
interface Reachable extends LogFile {
  /** Identifies the file whatever its name; undefined where the file system has no inodes. */
  readonly inode?: string;
  readonly passedOver?: string;
}

/** Files that are never data: notes, and files of desktop systems. */
export const foreign =
  /^(?:readme|licen[cs]e|changelog)(?:\..*)?$|^(?:thumbs\.db|desktop\.ini|checksums?(?:\..*)?|.*\.(?:md|md5|sha\d+))$/i;

/** @param folder - As bytes: names need not be UTF-8. */
async function walk(
  folder: Buffer,
  prefix: string,
  matches: (name: string) => boolean,
  visited: Set<string>,
): Promise<Reachable[]> {
  const failed = (name: string, path: Buffer, cause: unknown): Reachable[] => [
    { name, path: path.toString(), bytes: 0, problem: unreadable(path.toString(), cause) },
  ];
  let names: Buffer[];
  try {
    const real = await realpath(folder, 'buffer');
    // A link to a parent folder would never end.
    if (visited.has(real.toString('hex'))) return [];
    visited.add(real.toString('hex'));
    names = await readdir(folder, 'buffer');
  } catch (cause) {
    return failed(`${prefix}/`, folder, cause);
  }
  const found: Reachable[] = [];
  for (const bytes of names.sort((a, b) => a.compare(b))) {
    const name = printableName(bytes);
    if (name.startsWith('.')) continue;
    const path = Buffer.concat([folder, Buffer.from('/'), bytes]);
    const below = prefix === '' ? name : `${prefix}/${name}`;
    const status = await stat(path, { bigint: true }).catch((cause: unknown) => cause as Error);
    if (status instanceof Error) {
      // A broken link matters only if its name matches.
      if (matches(below)) found.push(...failed(below, path, status));
      continue;
    }
    if (status.isDirectory()) found.push(...(await walk(path, below, matches, visited)));
    else found.push(...fileAt(path, below, status, isUtf8(bytes), matches(below)));
  }
  return found;
}

function fileAt(
  path: Buffer,
  name: string,
  status: BigIntStats,
  isNamed: boolean,
  isTaken: boolean,
): Reachable[] {
  const file = { name, path: path.toString(), bytes: Number(status.size) };
  if (!isTaken) {
    const isForeign = foreign.test(basename(name)) || !status.isFile();
    return isForeign ? [] : [{ ...file, passedOver: 'no source takes it' }];
  }
  if (!status.isFile()) return [{ ...file, passedOver: 'it is no regular file' }];
  if (!isNamed) {
    const cause = new Error('its name is not UTF-8, and the warehouse keeps names as text');
    return [{ ...file, problem: unreadable(name, cause, 'rename it') }];
  }
  const inode = status.ino === 0n ? {} : { inode: `${status.dev} ${status.ino}` };
  return [{ ...file, stamp: fileStamp(status), ...inode }];
}

/** A name for messages, also when it is not UTF-8. */
function printableName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  ).join('');
}

/** The error for an unreadable entry of the data folder. */
export function unreadable(
  path: string,
  cause: unknown,
  hint = 'mend it or move it out of the data folder; nothing of it was loaded',
): DaybookError {
  return new DaybookError('DATA_UNREADABLE', 'cannot be read', { where: path, cause, hint });
}

/**
 * Whether a file matches a pattern.
 *
 * @param name - The path relative to the data folder. A pattern without `/` is compared with the file's name
 *   alone.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  if (isObjectAddress(name) !== isObjectAddress(pattern)) return false;
  const subject = pattern.includes('/') ? name : basename(name);
  return globPattern(pattern, '*').test(subject);
}

/**
 * The minimum age of a change, in milliseconds: timestamps have steps of up to two seconds, and a second change
 * within a step would not show.
 */
const settledMs = 5000n;

/**
 * Identity, size and change time of a file, by the file system. While they stay the same, so do the bytes: unlike
 * the modification time, the change time (ctime) cannot be set back by the file's owner.
 *
 * @param now - Milliseconds since 1970.
 * @returns Undefined when the last change is so recent that another one might not show.
 */
export function fileStamp(
  { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats,
  now = Date.now(),
): string | undefined {
  const newest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  if (BigInt(Math.floor(now)) - newest / 1_000_000n < settledMs) return undefined;
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
