// Authentication of requests to the lab: token, cookie, tickets, Host header, origin.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import { isHostOf } from '../../system/loopback.js';
import { requestAddress } from '../../http/request-address.js';

/** What authentication depends on. */
export interface AccessOptions {
  /** The token that clients must know. */
  readonly token: string;
  /** The address that the server listens on. */
  readonly host: string;
  /** Further host names of the server beside `localhost`, in lower case. */
  readonly hostNames: readonly string[];
}

/** The credential of a request; a browser sends its cookie by itself, a token it must be given. */
export type Credential = 'token' | 'cookie';

/** The status and message of a denied request. */
export interface Refusal {
  readonly status: 403;
  readonly message: string;
}

/** A new random token. */
export function createToken(): string {
  return randomBytes(32).toString('hex');
}

/** Whether the Host header names this server; see {@link isHostOf}. */
export function isAllowedHost(header: string | undefined, options: AccessOptions): boolean {
  return isHostOf(header ?? '', options.host, options.hostNames);
}

/**
 * Whether a request comes from a page of this server, rather than of another site or of another server on this
 * machine, which gets our cookie as well: cookies ignore ports.
 */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { host, origin, referer, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) return hostOf(origin) === host;
  // `none`: a typed address or a bookmark.
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return referer !== undefined && hostOf(referer) === host;
}

/** A navigation: no other page can read the response or act through it. */
export function isNavigation(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = request.headers;
  return request.method === 'GET' && mode === 'navigate' && dest === 'document';
}

/** The cookie's name, with the port, so that two servers of one machine do not collide. */
export function cookieName(request: IncomingMessage): string {
  return `daybook-lab-${request.socket.localPort ?? 0}`;
}

/** The cookie's value: derived from the token, but not the token. */
export function cookieValue(token: string): string {
  return createHash('sha256').update(`cookie ${token}`).digest('hex');
}

/** The credential of a request, if valid: `Authorization: token …`, `?token=…`, or our cookie. */
export function credentialOf(request: IncomingMessage, token: string): Credential | undefined {
  const header = /^(?:token|bearer)\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const given = header ?? requestAddress(request.url ?? '').query.get('token') ?? undefined;
  if (given !== undefined) return isEqual(given, token) ? 'token' : undefined;
  const cookie = parseCookie(request.headers.cookie ?? '')[cookieName(request)];
  return cookie !== undefined && isEqual(cookie, cookieValue(token)) ? 'cookie' : undefined;
}

/**
 * Authorizes a request for a page, the API or a websocket.
 *
 * @returns Its credential, or why it is denied.
 */
export function checkAccess(
  request: IncomingMessage,
  options: AccessOptions,
): Credential | Refusal {
  const refuse = (message: string): Refusal => ({ status: 403, message });
  if (!isAllowedHost(request.headers.host, options)) {
    return refuse('this server is not known under that host name');
  }
  const credential = credentialOf(request, options.token);
  if (credential === undefined) return refuse('the token is missing or wrong');
  // A token may come from anywhere. A cookie proves the browser, but not the page in it.
  if (credential === 'cookie' && !isSameOrigin(request) && !isNavigation(request)) {
    return refuse('the request comes from another origin');
  }
  return credential;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** Compares in constant time. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The lifetime of a ticket, in milliseconds. */
const lifetime = 60_000;

/**
 * One-time tickets. The arguments of the program that opens a browser are visible to everybody on the machine, so
 * they contain a ticket, used up at once, rather than the token.
 */
export class Tickets {
  readonly #now: () => number;
  readonly #issued = new Map<string, number>();

  constructor(now: () => number = performance.now.bind(performance)) {
    this.#now = now;
  }

  /** A new ticket. */
  issue(): string {
    const ticket = createToken();
    this.#issued.set(ticket, this.#now());
    return ticket;
  }

  /** Whether a ticket is valid; it is valid once. */
  redeem(ticket: string): boolean {
    const issuedAt = this.#issued.get(ticket);
    this.#issued.delete(ticket);
    return issuedAt !== undefined && this.#now() - issuedAt < lifetime;
  }
}
