// Addresses of objects, `s3://bucket/key`.

/** The beginning of every address of an object. */
const scheme = 's3://';

/** A bucket with a key, or with a key prefix. */
export interface ObjectAddress {
  readonly bucket: string;
  /** As it is, without escapes: a `%` stands for itself. */
  readonly key: string;
}

/** Whether a text is the address of an object, or a pattern of such. */
export function isObjectAddress(text: string): boolean {
  return text.startsWith(scheme);
}

/** The bucket and key of an address; without a key it is empty. */
export function parseAddress(address: string): ObjectAddress {
  const [bucket = '', ...key] = address.slice(scheme.length).split('/');
  return { bucket, key: key.join('/') };
}

/** The address of an object. */
export function formatAddress({ bucket, key }: ObjectAddress): string {
  return `${scheme}${bucket}/${key}`;
}

/**
 * What is wrong with an address or a pattern, in words that follow it.
 *
 * @returns Undefined: nothing, as with everything that is no address of an object.
 */
export function addressProblem(address: string): string | undefined {
  if (!isObjectAddress(address)) {
    const protocol = /^([A-Za-z][\w+.-]*):\/\//.exec(address)?.[1];
    return protocol === undefined ? undefined : `${protocol}:// is not known, only s3://`;
  }
  const { bucket } = parseAddress(address);
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
    ? undefined
    : 'names no bucket behind s3://, like s3://logs/2026/*.log.gz (3 to 63 of a-z, 0-9, - and .)';
}
