import { compile } from 'proxy-addr';

/**
 * Tells the proxies whose word on clients is believed from addresses that could send the same headers.
 *
 * @param proxies - Addresses, networks like `10.0.0.0/8`, or names like `loopback`.
 */
export function trustProxies(proxies: readonly string[]): (address: string) => boolean {
  const isProxy = compile(proxies.flatMap(halvesOfAll));
  return (address) => isProxy(address, 0);
}

/** proxy-addr takes no network of all addresses, so each of these is its two halves. */
function halvesOfAll(network: string): string[] {
  if (!/\/0+$/.test(network)) return [network];
  return network.includes(':') ? ['::/1', '8000::/1'] : ['0.0.0.0/1', '128.0.0.0/1'];
}
