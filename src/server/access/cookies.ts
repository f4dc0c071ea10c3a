import type { CookieOptions, Request, Response } from 'express';

/** What the server's cookies are for. */
type CookieUse = 'session' | 'form' | 'oidc';

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
    const name = `${this.#name(request, use)}=`;
    const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    return pairs.find((pair) => pair.startsWith(name))?.slice(name.length);
  }

  /** @param seconds - Until the browser forgets it. */
  set(request: Request, response: Response, use: CookieUse, value: string, seconds: number): void {
    response.cookie(this.#name(request, use), value, {
      ...this.#options(request, use),
      maxAge: seconds * 1000,
    });
  }

  clear(request: Request, response: Response, use: CookieUse): void {
    response.clearCookie(this.#name(request, use), this.#options(request, use));
  }

  /** Browsers take `__Host-` only with https and for the whole host, and `__Secure-` with https. */
  #name(request: Request, use: CookieUse): string {
    const prefix = !this.#secure(request) ? '' : this.#path === '/' ? '__Host-' : '__Secure-';
    return `${prefix}daybook-${use}`;
  }

  #options(request: Request, use: CookieUse): CookieOptions {
    return {
      httpOnly: true,
      // The way back from the provider begins on another site; the form is only ever our own.
      sameSite: use === 'form' ? 'strict' : 'lax',
      secure: this.#secure(request),
      path: this.#path,
      encode: (value) => value,
    };
  }

  #secure(request: Request): boolean {
    return this.#isHttps || request.secure;
  }
}
