import { isIP } from 'node:net';

/** Whether a name or an address is this machine's own, which no other machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Whether a Host header names a server. A web page can make its own name resolve to another machine's
 * address, or to this one's (DNS rebinding), and then the browser takes the server for a part of that
 * page; but it cannot change the name that the browser sends here. Addresses cannot be rebound, so they
 * are fine where the server listens on them.
 *
 * @param header - As the client sent it.
 * @param host - The name or address that the server listens on.
 * @param names - Names beside `localhost` under which browsers may know it, in lower case.
 */
export function isHostOf(header: string, host: string, names: readonly string[]): boolean {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(header);
  const name = (match?.[1] ?? match?.[2])?.toLowerCase();
  if (name === undefined) return false;
  if (name === 'localhost' || names.includes(name)) return true;
  if (isIP(name) === 0) return false;
  return isLoopback(name) || !isLoopback(host);
}
