import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';

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

  read(request: Request, use: CookieUse): string | undefined {
    const { cookie } = request.headers;
    return cookie === undefined ? undefined : parseCookie(cookie)[this.#name(request, use)];
  }

  /** @param seconds - Until the browser forgets it. */
  set(response: Response, use: CookieUse, value: string, seconds: number): void {
    response.cookie(this.#name(response.req, use), value, {
      ...this.#options(response.req, use),
      maxAge: seconds * 1000,
    });
  }

  clear(response: Response, use: CookieUse): void {
    response.clearCookie(this.#name(response.req, use), this.#options(response.req, use));
  }

  /** Browsers take `__Host-` only with https and for the whole host, and `__Secure-` with https. */
  #name(request: Request, use: CookieUse): string {
    const prefix = !this.#secure(request)
      ? ''
      : this.#pathOf(use) === '/'
        ? '__Host-'
        : '__Secure-';
    return `${prefix}daybook-${use}`;
  }

  #options(request: Request, use: CookieUse): CookieOptions {
    return {
      httpOnly: true,
      // The way back from the provider begins on another site; the form is only ever our own.
      sameSite: use === 'form' ? 'strict' : 'lax',
      secure: this.#secure(request),
      path: this.#pathOf(use),
      encode: (value) => value,
    };
  }

  /** What the provider vouched with is large, and only needed to sign out. */
  #pathOf(use: CookieUse): string {
    return use === 'proof' ? `${this.#path.replace(/\/$/, '')}/sign-out` : this.#path;
  }

  #secure(request: Request): boolean {
    return this.#isHttps || request.secure;
  }
}
