// Detection of duplicate files in the data folder.

import { createHash } from 'node:crypto';
import type { LogFile } from './find-files.js';
import { readBytes } from './read-bytes.js';
import type { SourceFile } from './assign-files.js';
import type { PassedOver } from '../../../history/reports/pipeline-report.js';

/** The record of a file's earlier load. */
interface KnownFile {
  readonly sha256: Uint8Array;
  readonly bytes: number;
  readonly stamp?: string | null | undefined;
}

/** Bytes at the beginning of files of equal size that are compared before all of them. */
const firstBytes = 64 * 1024;

/**
 * Separates duplicates: files of one source with the same bytes under another name, like `orders (1).csv`. Loading
 * both would count each line twice. The file that was loaded before is kept, otherwise the one with the shorter
 * name.
 * Only files of equal size are read, and the digest of a file that was not written to since its load is known.
 */
export async function findCopies(
  files: readonly SourceFile[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<{ files: SourceFile[]; copies: PassedOver[] }> {
  const copies = new Map<string, string>();
  for (const group of sameSize(files)) {
    // Digests of all of them are known as a rule.
    const isKnown = group.every(({ file }) => isUntouched(file, known.get(file.name)));
    const byStart = isKnown
      ? [group]
      : await groupBy(group, ({ file }) => digest(file, Math.min(firstBytes, file.bytes)));
    for (const alike of byStart) {
      for (const same of await groupBy(alike, ({ file }) => digestOf(file, known))) {
        const [first, ...others] = same.toSorted(
          (a, b) =>
            Number(known.has(b.file.name)) - Number(known.has(a.file.name)) ||
            a.file.name.length - b.file.name.length ||
            (a.file.name < b.file.name ? -1 : 1),
        );
        for (const { file } of others) copies.set(file.name, first?.file.name ?? '');
      }
    }
  }
  return {
    files: files.filter(({ file }) => !copies.has(file.name)),
    copies: [...copies].map(([file, original]) => ({
      file,
      reason: `it is a copy of ${original}`,
    })),
  };
}

/** Groups of files of one source with equal size; empty files are not duplicates. */
function sameSize(files: readonly SourceFile[]): SourceFile[][] {
  const groups = new Map<string, SourceFile[]>();
  for (const each of files) {
    const { file, source } = each;
    if (file.bytes === 0 || file.problem !== undefined || source.copies === 'load') continue;
    const key = `${source.name} ${file.bytes}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Groups of more than one. Unreadable files are in none: they fail by themselves. */
async function groupBy(
  files: readonly SourceFile[],
  keyOf: (file: SourceFile) => Promise<string>,
): Promise<SourceFile[][]> {
  const groups = new Map<string, SourceFile[]>();
  for (const each of files) {
    const key = await keyOf(each).catch(() => undefined);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

async function digestOf(file: LogFile, known: ReadonlyMap<string, KnownFile>): Promise<string> {
  const before = known.get(file.name);
  return isUntouched(file, before)
    ? Buffer.from(before.sha256).toString('hex')
    : digest(file, file.bytes);
}

function isUntouched(file: LogFile, before: KnownFile | undefined): before is KnownFile {
  return file.stamp !== undefined && file.stamp === before?.stamp;
}

async function digest(file: LogFile, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readBytes(file, { start: 0, end: bytes })) hash.update(chunk);
  return hash.digest('hex');
}
