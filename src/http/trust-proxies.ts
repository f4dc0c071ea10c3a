// Trusted proxies, whose X-Forwarded headers count.

import { compile } from 'proxy-addr';

/**
 * Whether an address is that of a trusted proxy, rather than of a client that could send the same headers.
 *
 * @param proxies - Addresses, networks like `10.0.0.0/8`, or names like `loopback`.
 */
export function trustProxies(proxies: readonly string[]): (address: string) => boolean {
  const isProxy = compile(proxies.flatMap(halvesOfAll));
  return (address) => isProxy(address, 0);
}

/** proxy-addr accepts no network of all addresses, so each of these becomes its two halves. */
function halvesOfAll(network: string): string[] {
  if (!/\/0+$/.test(network)) return [network];
  return network.includes(':') ? ['::/1', '8000::/1'] : ['0.0.0.0/1', '128.0.0.0/1'];
}
