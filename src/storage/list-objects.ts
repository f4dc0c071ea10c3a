// Listing of objects by key prefix.

import { DaybookError } from '../errors.js';
import type { StorageConfig } from '../config/declarations/storage-config.js';
import { openStore } from './object-store.js';
import type { ObjectAddress } from './object-address.js';
import { storeError } from './store-error.js';

/** An object as the listing says it. */
export interface ListedObject extends ObjectAddress {
  readonly bytes: number;
  /** Another one for other content. */
  readonly etag: string;
}

/**
 * All objects with a key prefix, in the order of the store, page by page.
 *
 * @param start - The bucket, and the key prefix.
 * @throws DaybookError as {@link storeError} says it, also for what answers and is no store: an empty listing would
 *   mean that everything is gone.
 */
export async function* listObjects(
  settings: StorageConfig,
  start: ObjectAddress,
): AsyncGenerator<ListedObject> {
  const { client, sdk } = await openStore(settings);
  const { bucket, key } = start;
  let token: string | undefined;
  do {
    const command = new sdk.ListObjectsV2Command({
      ...{ Bucket: bucket, Prefix: key, ContinuationToken: token },
      // XML cannot hold every character of a key.
      EncodingType: 'url',
    });
    const page = await client.send(command).catch((cause: unknown) => {
      throw storeError(cause, 'ListBucket', start, settings);
    });
    if (page.KeyCount === undefined && page.IsTruncated === undefined && page.Name === undefined)
      throw storeError(new Error('the answer is no listing'), 'ListBucket', start, settings);
    const decode = page.EncodingType === 'url' ? decodeKey : (text: string) => text;
    for (const { Key = '', Size = 0, ETag = '' } of page.Contents ?? []) {
      // The store's own sign for an empty folder.
      if (!Key.endsWith('/')) yield { bucket, key: decode(Key), bytes: Size, etag: ETag };
    }
    const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    if (page.IsTruncated === true && (next === undefined || next === token)) {
      throw new DaybookError('STORE_INVALID', 'the listing says that it goes on, but not where', {
        where: `s3://${bucket}/${key}`,
        hint: 'the store does not know ListObjectsV2; ask its vendor for a version that does',
      });
    }
    token = next;
  } while (token !== undefined);
}

function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
