// Cookies of the dashboard: their names, flags and paths.

import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';

/** The purpose of a cookie. */
type CookieUse = 'session' | 'form' | 'oidc' | 'proof';

/** The server's cookies: hidden from scripts, and sent from other sites only when a link is followed. */
export class Cookies {
  readonly #path: string;
  readonly #isHttps: boolean;

  /**
   * @param basePath - The path below which the dashboard is served; empty: none.
   * @param publicOrigin - Its public origin; undefined: each request says whether it is https.
   */
  constructor(basePath: string, publicOrigin: string | undefined) {
    this.#path = basePath === '' ? '/' : basePath;
    this.#isHttps = publicOrigin?.startsWith('https:') === true;
  }

  read(request: Request, use: CookieUse): string | undefined {
    const { cookie } = request.headers;
    return cookie === undefined ? undefined : parseCookie(cookie)[this.#name(request, use)];
  }

  /** @param seconds - The cookie's lifetime. */
  set(response: Response, use: CookieUse, value: string, seconds: number): void {
    response.cookie(this.#name(response.req, use), value, {
      ...this.#options(response.req, use),
      maxAge: seconds * 1000,
    });
  }

  clear(response: Response, use: CookieUse): void {
    response.clearCookie(this.#name(response.req, use), this.#options(response.req, use));
  }

  /** Browsers accept the prefix `__Host-` only over https and for the whole host, and `__Secure-` only over https. */
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
      // The redirect from the provider begins on another site; a form never does.
      sameSite: use === 'form' ? 'strict' : 'lax',
      secure: this.#secure(request),
      path: this.#pathOf(use),
      encode: (value) => value,
    };
  }

  /** The ID token is large, and only sign-out needs it. */
  #pathOf(use: CookieUse): string {
    return use === 'proof' ? `${this.#path.replace(/\/$/, '')}/sign-out` : this.#path;
  }

  #secure(request: Request): boolean {
    return this.#isHttps || request.secure;
  }
}
