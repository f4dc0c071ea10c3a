// Errors of object stores: Daybook's code and advice for each.

import { DaybookError } from '../errors.js';
import type { StorageConfig } from '../config/declarations/storage-config.js';
import { formatAddress, type ObjectAddress } from './object-address.js';

/** An action on a store, by the name of its permission in S3. */
export type StoreAction = 'ListBucket' | 'GetObject' | 'PutObject' | 'DeleteObject';

/** What an error of the client may carry. */
interface ClientError {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: unknown;
}

const denied = new Set([
  ...['AccessDenied', 'AllAccessDisabled', 'InvalidAccessKeyId', 'SignatureDoesNotMatch'],
  ...['ExpiredToken', 'InvalidToken', 'RequestTimeTooSkewed', 'Forbidden'],
]);

const network =
  /^E(?:CONNREFUSED|CONNRESET|CONNABORTED|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|PROTO)$|^EAI_AGAIN$|^ENOTFOUND$/;

/** Whether an error is one of the connection or of a busy store, so that a retry makes sense. */
export function isBroken(error: unknown): boolean {
  const { name = '', code = '', $metadata } = error as ClientError;
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    network.test(code) ||
    name === 'TimeoutError' ||
    name === 'AbortError' ||
    name === 'SlowDown' ||
    status === 429 ||
    status >= 500 ||
    (error as Error).message === 'aborted'
  );
}

/**
 * What an error of the client means.
 *
 * @param action - What failed.
 */
export function storeError(
  cause: unknown,
  action: StoreAction,
  place: ObjectAddress,
  settings: StorageConfig,
): DaybookError {
  if (cause instanceof DaybookError) return cause;
  const { name = '', $metadata } = cause as ClientError;
  const status = $metadata?.httpStatusCode ?? 0;
  const store = settings.endpoint ?? 'the store of the region';
  const where = formatAddress(place);
  const error = (
    code: DaybookError['code'],
    message: string,
    hint: string | undefined,
  ): DaybookError => new DaybookError(code, message, { where, cause, hint });
  if (name === 'NoSuchBucket') {
    const hint =
      'correct the name, or the endpoint: storage.endpoint of daybook.config.ts or AWS_ENDPOINT_URL_S3';
    return error('STORE_INVALID', `${store} has no bucket ${place.bucket}`, hint);
  }
  if (name === 'CredentialsProviderError') {
    const hint =
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine a role';
    return error('STORE_REFUSED', `there are no credentials for ${store}`, hint);
  }
  if (name === 'InvalidObjectState') {
    const hint = 'restore it, or leave it out of the pattern of the source';
    return error('DATA_UNREADABLE', 'is in an archive of the store', hint);
  }
  if (denied.has(name) || status === 401 || status === 403) {
    const hint = `it needs s3:${action} for ${action === 'ListBucket' ? `the bucket ${place.bucket}` : 'this object'}; see that the keys, and the clock of this machine, are right`;
    return error('STORE_REFUSED', `${store} refuses ${action} [${name || status}]`, hint);
  }
  if (status === 412 || status === 416 || status === 409) {
    return error(
      'OBJECT_CHANGED',
      'was replaced while it was read',
      'the next try reads it as it is now',
    );
  }
  if (name === 'NoSuchKey' || name === 'NotFound' || status === 404) {
    const hint = 'it was removed after it had been listed; the next run goes by what is there then';
    return error('DATA_UNREADABLE', 'is not there any more', hint);
  }
  if (isBroken(cause)) {
    const hint =
      'what was loaded stays; try again, and see that the endpoint and the network are right';
    return error('STORE_UNAVAILABLE', `${store} does not answer as it should`, hint);
  }
  const hint =
    'see that storage.endpoint, storage.region and storage.forcePathStyle of daybook.config.ts, or AWS_ENDPOINT_URL_S3 and AWS_REGION, are those of the store';
  return error('STORE_INVALID', `${store} did not take the request`, hint);
}
