// Responses of sign-in that all methods share: redirects, forms, limits, the session's cookie.

import type { Response } from 'express';
import {
  htmlResponse,
  sendResponse,
  textResponse,
  type OwnHeaders,
} from '../../../http/prepared-response.js';
import { formPolicy } from '../../parts/content-policy.js';
import type { Logger } from '../../../logger.js';
import { auditFacts, type Access } from '../../access/access.js';
import { CsrfTokens } from './csrf-tokens.js';
import type { Viewer } from '../../access/sessions.js';

/** The message above the sign-in form. */
export type SignInProblem = 'wrong' | 'expired' | 'limited' | 'provider' | 'not-allowed';

/** What the sign-in page shows. */
export interface SignInView {
  /** The path to return to afterwards, on the dashboard. */
  readonly to: string;
  /** The CSRF token. */
  readonly token: string;
  readonly hasPassword: boolean;
  readonly hasOidc: boolean;
  readonly problem: SignInProblem | undefined;
}

/** What the account page shows. */
export interface AccountView {
  readonly viewer: Viewer;
  /** The CSRF token. */
  readonly token: string;
}

/** The pages of sign-in as HTML. */
export interface SignInPages {
  signIn(view: SignInView): string;
  account(view: AccountView): string;
  /** @param url - The provider's sign-out address. */
  signedOut(url: string): string;
}

/** What sign-in depends on. */
export interface SignInOptions {
  readonly access: Access;
  readonly pages: SignInPages;
  readonly basePath: string;
  readonly logger: Logger;
}

/** The responses that all methods of sign-in share. */
export class SignInResponses {
  readonly forms: CsrfTokens;
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.forms = new CsrfTokens(options.access);
    this.#options = options;
  }

  /** Redirects to a path of the dashboard, given without the base path. */
  go(response: Response, path: string): Promise<void> {
    return this.goTo(response, this.#options.basePath + path);
  }

  /** Redirects to another site, such as the provider. */
  goTo(response: Response, url: string): Promise<void> {
    return sendResponse(response, textResponse(303, '', { Location: url }));
  }

  /** Sends a page with a form, which must not be cached. */
  page(response: Response, status: number, html: string, headers?: OwnHeaders): Promise<void> {
    const own = { 'Content-Security-Policy': formPolicy, ETag: undefined, ...headers };
    const page = { ...htmlResponse(status, html, own), cache: 'no-store' };
    return sendResponse(response, page);
  }

  /** @param to - The path to return to afterwards. */
  async signIn(
    response: Response,
    to: string,
    status: number,
    problem?: SignInProblem,
    headers?: OwnHeaders,
  ): Promise<void> {
    const { access, pages } = this.#options;
    const html = pages.signIn({
      to,
      token: await this.forms.token(response),
      hasPassword: access.config.signIn.includes('password'),
      hasOidc: access.oidc !== undefined,
      problem,
    });
    await this.page(response, status, html, headers);
  }

  /** 429: too many attempts; the client may retry after so many seconds. */
  async limited(response: Response, to: string, seconds: number): Promise<void> {
    const { audit } = this.#options.access;
    audit.note({ event: 'sign-in-limited', ...auditFacts(response) });
    await this.signIn(response, to, 429, 'limited', { 'Retry-After': String(seconds) });
  }

  /** Begins the session of a person who has been authenticated. */
  async begin(
    response: Response,
    person: Pick<Viewer, 'name' | 'groups' | 'method'>,
    to: string,
  ): Promise<void> {
    const { sessions, cookies, audit } = this.#options.access;
    const { token, seconds } = await sessions.begin(person);
    cookies.set(response, 'session', token, seconds);
    cookies.clear(response, 'form');
    audit.note({
      event: 'sign-in',
      ...auditFacts(response),
      name: person.name,
      detail: person.method,
    });
    await this.go(response, to);
  }
}
