import type { CookieOptions, Response } from 'express';
import { exchangeOf, type Exchange } from '../http/exchange.js';

/** What the server's cookies are for. */
type CookieUse = 'session' | 'form' | 'oidc' | 'proof';

/** The server's cookies: never seen by scripts, never sent from other sites but by following a link. */
export class Cookies {
  readonly #path: string;
  readonly #isHttps: boolean;

  /**
   * @param basePath - The path below which the dashboard is shown; empty: none.
   * @param publicOrigin - Where people reach it; undefined: each request says whether it is https.
   */
  constructor(basePath: string, publicOrigin: string | undefined) {
    this.#path = basePath === '' ? '/' : basePath;
    this.#isHttps = publicOrigin?.startsWith('https:') === true;
  }

  read(exchange: Exchange, use: CookieUse): string | undefined {
    const header = exchange.request.headers.cookie;
    if (header === undefined) return undefined;
    const name = `${this.#name(exchange, use)}=`;
    const pairs = header.split(';').map((pair) => pair.trim());
    return pairs.find((pair) => pair.startsWith(name))?.slice(name.length);
  }

  /** @param seconds - Until the browser forgets it. */
  set(response: Response, use: CookieUse, value: string, seconds: number): void {
    const exchange = exchangeOf(response);
    response.cookie(this.#name(exchange, use), value, {
      ...this.#options(exchange, use),
      maxAge: seconds * 1000,
    });
  }

  clear(response: Response, use: CookieUse): void {
    const exchange = exchangeOf(response);
    response.clearCookie(this.#name(exchange, use), this.#options(exchange, use));
  }

  /** Browsers take `__Host-` only with https and for the whole host, and `__Secure-` with https. */
  #name(exchange: Exchange, use: CookieUse): string {
    const prefix = !this.#secure(exchange)
      ? ''
      : this.#pathOf(use) === '/'
        ? '__Host-'
        : '__Secure-';
    return `${prefix}daybook-${use}`;
  }

  #options(exchange: Exchange, use: CookieUse): CookieOptions {
    return {
      httpOnly: true,
      // The way back from the provider begins on another site; the form is only ever our own.
      sameSite: use === 'form' ? 'strict' : 'lax',
      secure: this.#secure(exchange),
      path: this.#pathOf(use),
      encode: (value) => value,
    };
  }

  /** What the provider vouched with is large, and only needed to sign out. */
  #pathOf(use: CookieUse): string {
    return use === 'proof' ? `${this.#path.replace(/\/$/, '')}/sign-out` : this.#path;
  }

  #secure({ isHttps }: Exchange): boolean {
    return this.#isHttps || isHttps;
  }
}
