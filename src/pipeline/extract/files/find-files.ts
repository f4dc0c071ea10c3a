import { isUtf8 } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { globPattern } from '../../../text/glob.js';
import { DaybookError } from '../../../errors.js';
import type { PassedOver } from '../../../history/pipeline-report.js';

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
  /** Why it cannot be read, if that is known already. */
  readonly problem?: DaybookError;
}

/** What lies in a data folder. */
export interface FolderContent {
  /** The files that a pattern takes, sorted by name. */
  readonly files: readonly LogFile[];
  /** All others, but for hidden ones and what every folder has, like a README. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * The files of sources: all below `folder` whose names match a pattern, sorted by name.
 *
 * @param patterns - Names of files, or paths below the folder if there is a `/`; `*` for anything.
 * @throws DaybookError `DATA_MISSING` without the folder or a matching file.
 */
export async function findFiles(folder: string, patterns: readonly string[]): Promise<LogFile[]> {
  return [...(await surveyFolder(folder, patterns)).files];
}

/**
 * Looks at all files below a folder. Hidden files and folders (`.name`) are left out. Symbolic links are followed,
 * but a file that can be reached twice, by links of either kind, is taken once, by the name that sorts first. What
 * cannot be read is among the files, with its problem, so that it fails by itself.
 *
 * @throws As {@link findFiles}.
 */
export async function surveyFolder(
  folder: string,
  patterns: readonly string[],
): Promise<FolderContent> {
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

/**
 * Gives files that lie beside themselves, packed, their problem: which of the two has all lines, nobody can tell
 * from their names.
 */
function withAmbiguous(files: readonly LogFile[]): LogFile[] {
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

/** Something in a folder: a file of a source, or one that is passed over. */
interface Reachable extends LogFile {
  /** Which file it is, whatever its name; undefined where the file system does not say. */
  readonly inode?: string;
  readonly passedOver?: string;
}

/** What every folder has, and nobody takes for data: notes, and what desktops leave. */
const foreign =
  /^(?:readme|licen[cs]e|changelog)(?:\..*)?$|^(?:thumbs\.db|desktop\.ini|checksums?(?:\..*)?|.*\.(?:md|md5|sha\d+))$/i;

/** @param folder - As the system has it: names need not be UTF-8. */
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
    // A link to a folder above itself would never end.
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
      // A link that leads nowhere matters only if its name says that it is a log.
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

/** A name as text, even where it is none. */
function printableName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  ).join('');
}

/** The error for something in the data folder that cannot be read. */
export function unreadable(
  path: string,
  cause: unknown,
  hint = 'mend it or move it out of the data folder; nothing of it was loaded',
): DaybookError {
  return new DaybookError('DATA_UNREADABLE', 'cannot be read', { where: path, cause, hint });
}

/**
 * Whether a pattern takes a file.
 *
 * @param name - Its path below the data folder. A pattern without `/` is about the last part alone.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  const subject = pattern.includes('/') ? name : basename(name);
  return globPattern(pattern, '*').test(subject);
}

/**
 * How long a file must have been left alone, in milliseconds: file systems count time in steps of up to two
 * seconds, and a second change within one step would not show.
 */
const settledMs = 5000n;

/**
 * What the file system says of a file: which one it is, its size, and when it last changed. As long as it
 * says the same, the bytes are the same: unlike the time of modification, that of the change of status
 * (ctime) cannot be set back by whoever writes a file.
 *
 * @param now - Milliseconds since 1970.
 * @returns Undefined when it changed so recently that it may change again without showing it.
 */
export function fileStamp(
  { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats,
  now = Date.now(),
): string | undefined {
  const newest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  if (BigInt(Math.floor(now)) - newest / 1_000_000n < settledMs) return undefined;
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}
