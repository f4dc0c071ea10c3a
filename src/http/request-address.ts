// Path and query of a request's target.

/** Path and query of a request. */
export interface RequestAddress {
  /** As sent, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Parses a request's target. `URL` throws for some that Node.js accepts, like `//?token=`, and takes the first
 * segment of `//host/path` for a host.
 *
 * @param target - Of the request line: a path, or an address with a host.
 */
export function requestAddress(target: string): RequestAddress {
  const [, path = '', query = ''] =
    /^(?:https?:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/is.exec(target) ?? [];
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query) };
}
