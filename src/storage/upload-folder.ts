// Upload of a folder, like an exported copy, into a bucket: sends changed files, and removes objects whose files are
// gone.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { StorageConfig } from '../config/declarations/storage-config.js';
import { DaybookError } from '../errors.js';
import { listObjects, type ListedObject } from './list-objects.js';
import { formatAddress, type ObjectAddress } from './object-address.js';
import { openStore } from './object-store.js';
import { readObject } from './read-object.js';
import { storeError, type StoreAction } from './store-error.js';

/** Headers that the store sends with an object. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl: string;
}

/** Options of {@link uploadFolder}. */
export interface UploadOptions {
  readonly store: StorageConfig;
  /** A folder of the disk. */
  readonly folder: string;
  /** The bucket and the key prefix, without a slash at the end. */
  readonly target: ObjectAddress;
  /** By a file's path below the folder. */
  readonly headersOf: (file: string) => ObjectHeaders;
  /** Whether a file links to others, so that it is sent after them. Default: none does. */
  readonly isLast?: (file: string) => boolean;
  readonly signal: AbortSignal;
}

/** The result of an upload. */
export interface Uploaded {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
}

/** The uploaded files: for each the digest of its content and headers, and the ETag; null: not uploaded yet. */
type Manifest = Record<string, readonly [digest: string, etag: string | null]>;

/** The object that lists the uploaded files. */
const manifestName = 'daybook-files.json';
const manifestHeaders = { contentType: 'application/json', cacheControl: 'no-cache' };

/** Requests at a time. */
const atOnce = 8;

/**
 * Makes the objects below an address those of a folder. A list of them lies beside them, so only objects that were
 * written before are ever removed, and a copy that was interrupted is completed by the next.
 *
 * @throws DaybookError `OUTPUT_NOT_EMPTY` when there are other objects and no list; of the store; the reason of the signal.
 */
export async function uploadFolder(options: UploadOptions): Promise<Uploaded> {
  const { folder, target, headersOf, isLast = () => false, signal } = options;
  const base = target.key === '' ? '' : `${target.key}/`;
  const bucket = new Bucket(options.store, target.bucket, base);
  const present = await bucket.list();
  const old = await readManifest(bucket, present, target);
  const digests = await digestFiles(folder, headersOf);
  const isThere = (name: string): boolean => {
    const [digest, etag] = old[name] ?? [];
    return digest === digests.get(name) && etag != null && present.get(name)?.etag === etag;
  };
  const names = [...digests.keys()].sort();
  const kept: Manifest = {};
  for (const name of names)
    kept[name] = [digests.get(name) ?? '', isThere(name) ? (old[name]?.[1] ?? null) : null];
  const changed = names.filter((name) => !isThere(name));
  const gone = Object.keys(old).filter((name) => !digests.has(name) && present.has(name));
  if (changed.length === 0 && gone.length === 0) {
    return { written: 0, unchanged: names.length, removed: 0 };
  }
  // The next upload knows which objects are ours, whatever interrupts this one.
  await bucket.put(manifestName, manifestText({ ...old, ...kept }), manifestHeaders);
  const inTurn = pLimit(atOnce);
  const each = (files: readonly string[], work: (name: string) => Promise<void>) =>
    Promise.all(
      files.map((name) =>
        inTurn(async () => {
          signal.throwIfAborted();
          await work(name);
        }),
      ),
    );
  const send = async (name: string): Promise<void> => {
    const etag = await bucket.put(name, await readFile(join(folder, name)), headersOf(name));
    kept[name] = [digests.get(name) ?? '', etag];
  };
  await each(
    changed.filter((name) => !isLast(name)),
    send,
  );
  await each(changed.filter(isLast), send);
  await each(gone, (name) => bucket.remove(name));
  await bucket.put(manifestName, manifestText(kept), manifestHeaders);
  return {
    written: changed.length,
    unchanged: names.length - changed.length,
    removed: gone.length,
  };
}

/** Objects with a key prefix, by the rest of their keys. */
class Bucket {
  readonly #store: StorageConfig;
  readonly #bucket: string;
  readonly #base: string;

  constructor(store: StorageConfig, bucket: string, base: string) {
    this.#store = store;
    this.#bucket = bucket;
    this.#base = base;
  }

  async list(): Promise<ReadonlyMap<string, ListedObject>> {
    const found = new Map<string, ListedObject>();
    for await (const object of listObjects(this.#store, this.#at('')))
      found.set(object.key.slice(this.#base.length), object);
    return found;
  }

  async read(object: ListedObject): Promise<string> {
    const parts: Buffer[] = [];
    const memory = (): Buffer => Buffer.allocUnsafe(64 * 1024);
    for await (const part of readObject({ ...object, store: this.#store }, { start: 0 }, memory))
      parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  }

  /** @returns Its ETag. */
  async put(name: string, body: Buffer | string, headers: ObjectHeaders): Promise<string | null> {
    const { client, sdk } = await openStore(this.#store);
    const command = new sdk.PutObjectCommand({
      ...{ Bucket: this.#bucket, Key: this.#base + name, Body: Buffer.from(body) },
      ...{ ContentType: headers.contentType, CacheControl: headers.cacheControl },
    });
    const { ETag = null } = await client.send(command).catch(this.#explain('PutObject', name));
    return ETag;
  }

  async remove(name: string): Promise<void> {
    const { client, sdk } = await openStore(this.#store);
    const command = new sdk.DeleteObjectCommand({ Bucket: this.#bucket, Key: this.#base + name });
    await client.send(command).catch(this.#explain('DeleteObject', name));
  }

  #at(name: string): ObjectAddress {
    return { bucket: this.#bucket, key: this.#base + name };
  }

  #explain(action: StoreAction, name: string) {
    return (cause: unknown): never => {
      throw storeError(cause, action, this.#at(name), this.#store);
    };
  }
}

async function readManifest(
  bucket: Bucket,
  present: ReadonlyMap<string, ListedObject>,
  target: ObjectAddress,
): Promise<Manifest> {
  const manifest = present.get(manifestName);
  if (manifest === undefined && present.size === 0) return {};
  try {
    if (manifest === undefined) throw new Error(`there is no ${manifestName}`);
    const { files } = JSON.parse(await bucket.read(manifest)) as { files: Manifest };
    return files;
  } catch (cause) {
    if (cause instanceof DaybookError) throw cause;
    throw new DaybookError('OUTPUT_NOT_EMPTY', 'There are objects that no copy of Daybook wrote', {
      where: formatAddress(target),
      cause,
      hint: 'Give an address below which nothing is, like one more part at its end',
    });
  }
}

function manifestText(files: Manifest): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ version: 1, files: Object.fromEntries(sorted) }, null, 1)}\n`;
}

/** Digests of all files below a folder and of what is said of them, by path with `/`. */
async function digestFiles(
  folder: string,
  headersOf: UploadOptions['headersOf'],
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1).replaceAll('\\', '/');
    const hash = createHash('sha256').update(await readFile(path));
    digests.set(name, hash.update(JSON.stringify(headersOf(name))).digest('hex'));
  }
  return digests;
}
