// Reading of an object as a stream, which continues after a broken connection and refuses a changed object.

import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageConfig } from '../config/declarations/storage-config.js';
import { openStore, type ObjectStore } from './object-store.js';
import type { ListedObject } from './list-objects.js';
import { isBroken, storeError } from './store-error.js';

/** An object that is read. Plain data: threads get it, too. */
export interface ObjectPlace extends ListedObject {
  readonly store: StorageConfig;
}

/** Which bytes are read. */
export interface ByteRange {
  readonly start: number;
  /** Exclusive. Default: the end of the object. */
  readonly end?: number;
}

/** The pause before each attempt to continue a stream that breaks off at the same place, in milliseconds. */
const pausesMs = [100, 500, 2000];

/**
 * The bytes of an object, each chunk in the given memory. A stream that breaks off is continued where it did.
 *
 * @param onVersion - Called with the version of the object, in buckets that keep versions.
 * @throws DaybookError `OBJECT_CHANGED` when it is another than was listed; others as `storeError` says it.
 */
export async function* readObject(
  place: ObjectPlace,
  range: ByteRange,
  memory: () => Buffer,
  onVersion?: (version: string) => void,
): AsyncGenerator<Buffer> {
  const end = Math.min(range.end ?? place.bytes, place.bytes);
  const store = await openStore(place.store);
  let at = range.start;
  let failures = 0;
  let chunk: Buffer | undefined;
  let filled = 0;
  while (at < end) {
    let body: Readable | undefined;
    try {
      body = await get(store, place, { start: at, end }, onVersion).catch((cause: unknown) => {
        // The client has tried it several times.
        throw storeError(cause, 'GetObject', place, place.store);
      });
      for await (const part of body as AsyncIterable<Buffer>) {
        failures = 0;
        for (let from = 0; from < part.length;) {
          chunk ??= memory();
          const count = part.copy(chunk, filled, from);
          [filled, from, at] = [filled + count, from + count, at + count];
          if (filled < chunk.length && at < end) continue;
          yield chunk.subarray(0, filled);
          [chunk, filled] = [undefined, 0];
        }
      }
      if (at < end) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    } catch (cause) {
      const pause = pausesMs[failures];
      if (pause === undefined || !isBroken(cause))
        throw storeError(cause, 'GetObject', place, place.store);
      failures += 1;
      await sleep(pause);
    } finally {
      body?.destroy();
    }
  }
}

async function get(
  { client, sdk }: ObjectStore,
  place: ObjectPlace,
  { start, end = place.bytes }: ByteRange,
  onVersion: ((version: string) => void) | undefined,
): Promise<Readable> {
  const { bucket, key, etag, bytes } = place;
  const isWhole = start === 0 && end === bytes;
  const answer = await client.send(
    new sdk.GetObjectCommand({
      ...{ Bucket: bucket, Key: key },
      ...(etag === '' ? {} : { IfMatch: etag }),
      ...(isWhole ? {} : { Range: `bytes=${start}-${end - 1}` }),
    }),
  );
  const changed = etag !== '' && answer.ETag !== undefined && answer.ETag !== etag;
  if (changed)
    throw storeError({ $metadata: { httpStatusCode: 412 } }, 'GetObject', place, place.store);
  const isThere = isWhole || answer.ContentRange?.startsWith(`bytes ${start}-`) === true;
  if (!isThere) throw new Error('the store does not answer with the bytes that were asked for');
  if (answer.VersionId !== undefined && answer.VersionId !== 'null') onVersion?.(answer.VersionId);
  return answer.Body as Readable;
}

/**
 * An object as it is now.
 *
 * @throws DaybookError `DATA_UNREADABLE` when it is gone.
 */
export async function currentObject(place: ObjectPlace): Promise<ObjectPlace> {
  const { client, sdk } = await openStore(place.store);
  const command = new sdk.HeadObjectCommand({ Bucket: place.bucket, Key: place.key });
  const { ContentLength = 0, ETag = '' } = await client.send(command).catch((cause: unknown) => {
    throw storeError(cause, 'GetObject', place, place.store);
  });
  return { ...place, bytes: ContentLength, etag: ETag };
}
