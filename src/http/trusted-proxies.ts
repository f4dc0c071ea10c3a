import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Networks that have names, as proxy-addr and Express call them. */
const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** The proxies whose word on clients is believed: a client could send the same headers. */
export class TrustedProxies {
  readonly #networks: BlockList | undefined;

  /** @param proxies - Addresses, networks like `10.0.0.0/8`, or names like `loopback`. */
  constructor(proxies: readonly string[]) {
    if (proxies.length === 0) return;
    this.#networks = new BlockList();
    for (const network of proxies.flatMap((proxy) => named[proxy] ?? [proxy])) {
      const [address = '', bits] = network.split('/');
      const family = familyOf(address);
      const width = family === 'ipv6' ? 128 : 32;
      this.#networks.addSubnet(address, Number(bits ?? width), family);
    }
  }

  /** The address that a request came from, past as many proxies as are believed. */
  clientOf(request: IncomingMessage): string {
    let address = request.socket.remoteAddress ?? '';
    const forwarded = request.headers['x-forwarded-for'];
    if (this.#networks === undefined || forwarded === undefined) return address;
    // Each proxy adds at the end whom it was asked by.
    for (const before of String(forwarded).split(',').reverse()) {
      if (!this.trusts(address)) break;
      address = before.trim();
    }
    return address;
  }

  /** Whether the client came by https. */
  isHttps(request: IncomingMessage): boolean {
    const forwarded = request.headers['x-forwarded-proto'];
    if (this.#networks === undefined || forwarded === undefined) return false;
    if (!this.trusts(request.socket.remoteAddress ?? '')) return false;
    return String(forwarded).split(',')[0]?.trim() === 'https';
  }

  /** Whether an address is that of one of them. */
  trusts(address: string): boolean {
    return isIP(address) !== 0 && this.#networks?.check(address, familyOf(address)) === true;
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
