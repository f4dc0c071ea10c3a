import type { Response } from 'express';
import type { Logger } from '../../../logger.js';
import { exchangeOf } from '../../http/exchange.js';
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
  /** The policy of pages that hold a form. */
  readonly policy: string;
  readonly logger: Logger;
}

/** The answers that ways to sign in have in common. */
export class SignInAnswers {
  readonly forms: OwnForms;
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.forms = new OwnForms(options.access);
    this.#options = options;
  }

  /** Sends the browser to a path of ours, without the base path. */
  go(response: Response, path: string): void {
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, this.#options.basePath + path);
  }

  /** Answers with a page that holds a form. */
  page(response: Response, status: number, html: string): void {
    response
      .status(status)
      .setHeader('Content-Security-Policy', this.#options.policy)
      .setHeader('Cache-Control', 'no-store')
      .setHeader('Content-Type', 'text/html; charset=utf-8')
      .end(html);
  }

  /** @param to - Where to go once signed in. */
  signIn(response: Response, to: string, status: number, problem?: SignInProblem): void {
    const { access, pages } = this.#options;
    const html = pages.signIn({
      to,
      token: this.forms.token(response),
      hasPassword: access.config.signIn.includes('password'),
      hasOidc: access.oidc !== undefined,
      problem,
    });
    this.page(response, status, html);
  }

  /** Tells who tried too often to come back, in so many seconds. */
  limited(response: Response, to: string, seconds: number): void {
    const { audit } = this.#options.access;
    audit.note({ event: 'sign-in-limited', ...auditFacts(exchangeOf(response)) });
    response.setHeader('Retry-After', String(seconds));
    this.signIn(response, to, 429, 'limited');
  }

  /** Begins the session of somebody who has shown who they are. */
  begin(response: Response, person: Pick<Viewer, 'name' | 'groups' | 'method'>, to: string): void {
    const { sessions, cookies, audit } = this.#options.access;
    const { token, seconds } = sessions.begin(person);
    cookies.set(response, 'session', token, seconds);
    cookies.clear(response, 'form');
    audit.note({
      event: 'sign-in',
      ...auditFacts(exchangeOf(response)),
      name: person.name,
      detail: person.method,
    });
    this.go(response, to);
  }
}
