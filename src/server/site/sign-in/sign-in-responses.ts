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
import { OwnForms } from './own-forms.js';
import type { Viewer } from '../../access/sessions.js';

/** What the page says above the form. */
export type SignInProblem = 'wrong' | 'expired' | 'limited' | 'provider' | 'not-allowed';

/** What the sign-in page needs. */
export interface SignInView {
  /** Where to go afterwards; a path of the dashboard's own. */
  readonly to: string;
  /** For the form's hidden field. */
  readonly token: string;
  readonly hasPassword: boolean;
  readonly hasOidc: boolean;
  readonly problem: SignInProblem | undefined;
}

/** What the page of who has signed in needs. */
export interface AccountView {
  readonly viewer: Viewer;
  /** For the form's hidden field. */
  readonly token: string;
}

/** The pages around signing in, as HTML. */
export interface SignInPages {
  signIn(view: SignInView): string;
  account(view: AccountView): string;
  /** @param url - Where the session at the provider ends, too. */
  signedOut(url: string): string;
}

/** Where signing in leads to. */
export interface SignInOptions {
  readonly access: Access;
  readonly pages: SignInPages;
  readonly basePath: string;
  readonly logger: Logger;
}

/** The responses that ways to sign in have in common. */
export class SignInResponses {
  readonly forms: OwnForms;
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.forms = new OwnForms(options.access);
    this.#options = options;
  }

  /** Sends the browser to a path of ours, without the base path. */
  go(response: Response, path: string): Promise<void> {
    return this.goTo(response, this.#options.basePath + path);
  }

  /** Sends the browser to another address, as that of the provider. */
  goTo(response: Response, url: string): Promise<void> {
    return sendResponse(response, textResponse(303, '', { Location: url }));
  }

  /** Sends a page that holds a form, which nobody keeps. */
  page(response: Response, status: number, html: string, headers?: OwnHeaders): Promise<void> {
    const own = { 'Content-Security-Policy': formPolicy, ETag: undefined, ...headers };
    const page = { ...htmlResponse(status, html, own), cache: 'no-store' };
    return sendResponse(response, page);
  }

  /** @param to - Where to go once signed in. */
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
      token: this.forms.token(response),
      hasPassword: access.config.signIn.includes('password'),
      hasOidc: access.oidc !== undefined,
      problem,
    });
    await this.page(response, status, html, headers);
  }

  /** Tells who tried too often to come back, in so many seconds. */
  async limited(response: Response, to: string, seconds: number): Promise<void> {
    const { audit } = this.#options.access;
    audit.note({ event: 'sign-in-limited', ...auditFacts(response) });
    await this.signIn(response, to, 429, 'limited', { 'Retry-After': String(seconds) });
  }

  /** Begins the session of somebody who has shown who they are. */
  async begin(
    response: Response,
    person: Pick<Viewer, 'name' | 'groups' | 'method'>,
    to: string,
  ): Promise<void> {
    const { sessions, cookies, audit } = this.#options.access;
    const { token, seconds } = sessions.begin(person);
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
