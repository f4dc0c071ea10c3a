/** Path and query of a request. */
export interface RequestAddress {
  /** As it was sent, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Takes a request's target apart. `URL` throws for some that Node.js accepts, like `//?token=`, and takes
 * the first segment of `//host/path` for a host.
 *
 * @param target - What stands in the request line: a path, or an address with a host.
 */
export function requestAddress(target: string): RequestAddress {
  const [, path = '', query = ''] =
    /^(?:https?:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/is.exec(target) ?? [];
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
}
