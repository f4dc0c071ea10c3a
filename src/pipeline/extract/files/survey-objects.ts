// Objects of stores: which match a source's pattern, and which are skipped.

import { basename } from 'node:path';
import type { StorageConfig } from '../../../config/declarations/storage-config.js';
import { listObjects, type ListedObject } from '../../../storage/list-objects.js';
import { formatAddress, parseAddress } from '../../../storage/object-address.js';
import {
  foreign,
  matchesPattern,
  unreadable,
  withAmbiguous,
  type FolderContent,
  type LogFile,
} from './find-files.js';
import type { PassedOver } from '../../../history/reports/pipeline-report.js';

/** The most skipped objects of a listing that are named: a bucket may hold millions. */
const mostNamed = 100;

/**
 * Lists the objects that match a pattern, sorted by address, with the same rules as the data folder: below the constant
 * beginning of a pattern hidden names (`.name`) and notes are left out.
 *
 * @param patterns - Addresses, `s3://bucket/…`, with `*` for anything behind the bucket.
 * @throws DaybookError of the store.
 */
export async function surveyObjects(
  patterns: readonly string[],
  store: StorageConfig,
): Promise<FolderContent> {
  const files: LogFile[] = [];
  const passedOver: PassedOver[] = [];
  for (const start of beginnings(patterns)) {
    let unnamed = 0;
    const place = parseAddress(start);
    for await (const object of listObjects(store, place)) {
      const name = formatAddress(object);
      const folder = place.key.slice(0, place.key.lastIndexOf('/') + 1);
      if (isHidden(object.key.slice(folder.length))) continue;
      if (patterns.some((pattern) => matchesPattern(name, pattern))) {
        files.push(fileOf(object, store));
      } else if (foreign.test(basename(object.key))) continue;
      else if (passedOver.length < mostNamed)
        passedOver.push({ file: name, reason: 'no source takes it' });
      else unnamed += 1;
    }
    if (unnamed > 0) {
      passedOver.push({ file: start, reason: `no source takes ${unnamed} more objects there` });
    }
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files: withAmbiguous(files), passedOver };
}

/** The constant beginnings of patterns, none below another. */
function beginnings(patterns: readonly string[]): string[] {
  const constant = [...new Set(patterns.map((pattern) => pattern.split('*', 1)[0] ?? ''))];
  return constant.filter(
    (one) => !constant.some((other) => other !== one && one.startsWith(other)),
  );
}

function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.'));
}

function fileOf(object: ListedObject, store: StorageConfig): LogFile {
  const { key, bytes, etag } = object;
  const name = formatAddress(object);
  const file = { name, path: name, bytes, object: { ...object, store } };
  if (key.includes('\0')) {
    const cause = new Error('its key has a NUL, and the warehouse keeps names as text');
    return { ...file, problem: unreadable(name, cause, 'copy it to another key') };
  }
  return { ...file, stamp: objectStamp({ bytes, etag }) };
}

/** The stamp of an object: while it stays the same, so do the bytes. Undefined where the store gives no ETag. */
export function objectStamp({
  bytes,
  etag,
}: Pick<ListedObject, 'bytes' | 'etag'>): string | undefined {
  return etag === '' ? undefined : `etag ${etag} ${bytes}`;
}
