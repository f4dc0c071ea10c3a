// Loopback addresses, and Host headers of a server.

import { isIP } from 'node:net';

/** Whether a name or address is a loopback one, which no other machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Whether a Host header names a server. A web page can resolve its own name to another machine's address, or to
 * this one's (DNS rebinding), so that the browser treats the server as part of that page; but it cannot change the
 * name that the browser sends. Addresses cannot be rebound, so they are allowed where the server listens on them.
 *
 * @param header - As sent.
 * @param host - The name or address that the server listens on.
 * @param names - Further host names beside `localhost`, in lower case.
 */
export function isHostOf(header: string, host: string, names: readonly string[]): boolean {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(header);
  const name = (match?.[1] ?? match?.[2])?.toLowerCase();
  if (name === undefined) return false;
  if (name === 'localhost' || names.includes(name)) return true;
  if (isIP(name) === 0) return false;
  return isLoopback(name) || !isLoopback(host);
}
