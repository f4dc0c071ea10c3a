// The client of S3-compatible stores; it is loaded with the first `s3://` address.

import type { S3Client } from '@aws-sdk/client-s3';
import type { StorageConfig } from '../config/declarations/storage-config.js';
import { findOptionalPackage, packageMissing } from '../files/optional-package.js';

/** A store: its client, and the commands that it takes. */
export interface ObjectStore {
  readonly client: S3Client;
  readonly sdk: typeof import('@aws-sdk/client-s3');
  readonly settings: StorageConfig;
}

/** One client for each store: it holds the connections. */
const stores = new Map<string, Promise<ObjectStore>>();

/** How long a connection may take, and how long a store may be silent, in milliseconds. */
const connectionTimeout = 10_000;
const socketTimeout = 60_000;

/**
 * The store of a project. Credentials are those of the environment, otherwise those that the client finds: of
 * profiles, single sign-on, containers, machines.
 *
 * @throws DaybookError `PACKAGE_MISSING` where the project has no client.
 */
export function openStore(settings: StorageConfig): Promise<ObjectStore> {
  const key = JSON.stringify(settings);
  const known = stores.get(key);
  if (known !== undefined) return known;
  const opened = open(settings);
  stores.set(key, opened);
  opened.catch(() => stores.delete(key));
  return opened;
}

async function open(settings: StorageConfig): Promise<ObjectStore> {
  if (findOptionalPackage('@aws-sdk/client-s3') === undefined)
    throw packageMissing('@aws-sdk/client-s3', 'An address that begins with s3://');
  const sdk = await import('@aws-sdk/client-s3');
  const { endpoint, region, forcePathStyle, credentials, profile } = settings;
  const client = new sdk.S3Client({
    ...(endpoint === undefined ? {} : { endpoint, region: 'us-east-1' }),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(profile === undefined ? {} : { profile }),
    forcePathStyle,
    followRegionRedirects: true,
    // Stores of other vendors do not know the newer checksums; what is read gets a SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout, socketTimeout },
  });
  return { client, sdk, settings };
}
