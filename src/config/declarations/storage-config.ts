// Settings of object stores, from the project file and the variables that clients of S3 share.

import type { ReadSetting } from '../environment/settings.js';

/** What a project file says of object stores. */
export interface StorageSettings {
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly forcePathStyle: boolean | undefined;
}

/** An object store. Plain data: threads that read get it, too. */
export interface StorageConfig {
  /** The address of another vendor's store; undefined: that of the region. */
  readonly endpoint: string | undefined;
  /** Undefined: that of the profile. */
  readonly region: string | undefined;
  /** Whether buckets are part of the path, and not of the host's name. */
  readonly forcePathStyle: boolean;
  /** Undefined: what the client finds. A secret. */
  readonly credentials: StorageCredentials | undefined;
  /** The profile of the client's own files. */
  readonly profile: string | undefined;
}

/** Keys of an object store. */
interface StorageCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The object store of a configuration: the environment wins over the project file. */
export function readStorage(
  read: ReadSetting,
  project: StorageSettings | undefined,
): StorageConfig {
  const ofAll = read('AWS_ENDPOINT_URL', storageUrlProblem);
  const endpoint = read('AWS_ENDPOINT_URL_S3', storageUrlProblem) ?? ofAll ?? project?.endpoint;
  const fallback = read('AWS_DEFAULT_REGION');
  const accessKeyId = read('AWS_ACCESS_KEY_ID');
  const secretAccessKey = read('AWS_SECRET_ACCESS_KEY');
  const sessionToken = read('AWS_SESSION_TOKEN');
  const profile = read('AWS_PROFILE');
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    endpoint,
    region: read('AWS_REGION') ?? fallback ?? project?.region,
    // Hosts of other vendors seldom have a name for each bucket.
    forcePathStyle: project?.forcePathStyle ?? endpoint !== undefined,
    credentials: hasKeys
      ? { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
      : undefined,
    profile: hasKeys ? undefined : profile,
  };
}

/** What is wrong with the address of a store, without repeating it: it may hold a password. */
export function storageUrlProblem(value: string): string | undefined {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    return 'is not an address like https://storage.example.org';
  const { username, password } = new URL(value);
  return username === '' && password === ''
    ? undefined
    : 'must not hold a user or a password; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are for that';
}
