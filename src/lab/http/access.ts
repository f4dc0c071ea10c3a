import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import { isHostOf } from '../../system/loopback.js';
import { requestAddress } from '../../http/request-address.js';

/** What decides over who may talk to the server. */
export interface AccessOptions {
  /** The secret that a client must know. */
  readonly token: string;
  /** The address that the server listens on. */
  readonly host: string;
  /** Names beside `localhost` under which browsers may know the server, in lower case. */
  readonly hostNames: readonly string[];
}

/** How a request proved itself; a browser sends its cookie by itself, a token it must be given. */
export type Credential = 'token' | 'cookie';

/** Why a request is refused, for its sender. */
export interface Refusal {
  readonly status: 403;
  readonly message: string;
}

/** A new token, as hard to guess as a key. */
export function createToken(): string {
  return randomBytes(32).toString('hex');
}

/** Whether the Host header names this server; see {@link isHostOf}. */
export function isAllowedHost(header: string | undefined, options: AccessOptions): boolean {
  return isHostOf(header ?? '', options.host, options.hostNames);
}

/**
 * Whether a browser sent the request for a page of this server, and not for one of another site or of
 * another server on this machine, to which our cookie goes as well: cookies do not know ports.
 */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { host, origin, referer, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) return hostOf(origin) === host;
  // `none`: the person typed the address or opened a bookmark.
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return referer !== undefined && hostOf(referer) === host;
}

/** A navigation to a page of its own: nothing that another page could read or act through. */
export function isNavigation(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = request.headers;
  return request.method === 'GET' && mode === 'navigate' && dest === 'document';
}

/** The name of our cookie: with the port, so that two servers of one machine keep apart. */
export function cookieName(request: IncomingMessage): string {
  return `daybook-lab-${request.socket.localPort ?? 0}`;
}

/** What the cookie holds: something that follows from the token, and not the token. */
export function cookieValue(token: string): string {
  return createHash('sha256').update(`cookie ${token}`).digest('hex');
}

/** How the request proves itself, if it does: `Authorization: token …`, `?token=…`, or our cookie. */
export function credentialOf(request: IncomingMessage, token: string): Credential | undefined {
  const header = /^(?:token|bearer)\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const given = header ?? requestAddress(request.url ?? '').query.get('token') ?? undefined;
  if (given !== undefined) return isEqual(given, token) ? 'token' : undefined;
  const cookie = parseCookie(request.headers.cookie ?? '')[cookieName(request)];
  return cookie !== undefined && isEqual(cookie, cookieValue(token)) ? 'cookie' : undefined;
}

/**
 * Decides over a request, be it for a page, the API or a websocket.
 *
 * @returns How it proved itself, or why it is refused.
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
  // Who knows the token may come from anywhere. The cookie proves the browser, not the page in it.
  if (credential === 'cookie' && !isSameOrigin(request) && !isNavigation(request)) {
    return refuse('the request comes from another origin');
  }
  return credential;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

/** Compares in a time that does not tell how much is right. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** How long a ticket is good for, in milliseconds. */
const lifetime = 60_000;

/**
 * Proofs for one visit each. The program that opens a browser shows its arguments to everybody on the
 * machine: better a ticket in them, used up at once, than the token.
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

  /** Whether the ticket is good; it is not a second time. */
  redeem(ticket: string): boolean {
    const issuedAt = this.#issued.get(ticket);
    this.#issued.delete(ticket);
    return issuedAt !== undefined && this.#now() - issuedAt < lifetime;
  }
}
