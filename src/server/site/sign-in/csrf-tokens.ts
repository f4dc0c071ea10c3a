// CSRF protection of forms.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Access } from '../../access/access.js';

/** The lifetime of a form, in seconds. */
const formSeconds = 3600;

/** CSRF tokens: distinguish our forms from those of other sites, with which browsers would send our cookies, too. */
export class CsrfTokens {
  readonly #signer: Access['signer'];
  readonly #cookies: Access['cookies'];

  constructor({ signer, cookies }: Pick<Access, 'signer' | 'cookies'>) {
    this.#signer = signer;
    this.#cookies = cookies;
  }

  /** A token for a form; the browser gets the matching cookie. */
  token(response: Response): Promise<string> {
    // Several forms may be open at once, in tabs.
    const known = this.#cookies.read(response.req, 'form') ?? '';
    const nonce = /^[\w-]{24}$/.test(known) ? known : randomBytes(18).toString('base64url');
    this.#cookies.set(response, 'form', nonce, formSeconds);
    return this.#signer.sign('form', { nonce }, Date.now() + formSeconds * 1000);
  }

  /** Whether a posted form has a valid token that has not expired. */
  async includes(request: Request, response: Response): Promise<boolean> {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    const known = await this.#signer.verify('form', fieldOf(request, 'token'));
    const nonce = this.#cookies.read(response.req, 'form') ?? '';
    return known !== undefined && isSame(String(known['nonce']), nonce);
  }
}

/** A field of a form as text; empty when it is missing, repeated or too long. */
export function fieldOf(request: Request, name: string): string {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' && value.length <= 4000 ? value : '';
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
