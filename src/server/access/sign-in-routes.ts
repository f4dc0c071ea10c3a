import { randomBytes, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Logger } from '../../logger.js';
import { exchangeOf } from '../exchange.js';
import { auditFacts, oidcReturnPath, type Access } from './access.js';
import { localPath } from './local-path.js';
import { NotAllowedError, type OidcRequest } from './oidc.js';
import { verifyPassword } from './password-hash.js';
import { addressKey, RateLimiter } from './rate-limiter.js';
import type { Viewer } from './sessions.js';
import { userName } from './users.js';

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

/** Passwords that are checked at once: each takes 32 MB and a core. */
const maxChecks = 2;

/** Passwords that may wait for that; who comes then is told to come back. */
const maxWaiting = 16;

/** What browsers keep as one cookie, less its name and attributes, in bytes. */
const maxProof = 3800;

/** How long a form and the way to the provider may take, in seconds. */
const formSeconds = 3600;
const oidcSeconds = 600;

/**
 * `/sign-in`, `/account` and what their forms lead to; without scripts. Answers to wrong names, wrong
 * passwords and limited accounts are the same and take as long, whether there is such an account or not.
 */
export function signInRoutes({ access, pages, basePath, policy, logger }: SignInOptions): Router {
  const { config, signer, sessions, cookies, oidc, audit } = access;
  const hasPassword = config.signIn.includes('password');
  const byAddress = new RateLimiter(20, 10);
  const byName = new RateLimiter(10, 1);
  const checks = new Turns(maxChecks, maxWaiting);
  const router = express.Router();

  const go = (response: Response, path: string) => {
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, basePath + path);
  };
  const sendForm = (response: Response, status: number, html: string) => {
    response
      .status(status)
      .setHeader('Content-Security-Policy', policy)
      .setHeader('Cache-Control', 'no-store')
      .setHeader('Content-Type', 'text/html; charset=utf-8')
      .end(html);
  };
  /** A token that only a page of ours has, for a browser that got the cookie with it. */
  const formToken = (response: Response): string => {
    // Several forms may be open at once, in tabs.
    const known = cookies.read(exchangeOf(response), 'form') ?? '';
    const nonce = /^[\w-]{24}$/.test(known) ? known : randomBytes(18).toString('base64url');
    cookies.set(response, 'form', nonce, formSeconds);
    return signer.sign('form', { nonce, to: Date.now() + formSeconds * 1000 });
  };
  const isOwnForm = (request: Request, response: Response): boolean => {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    const field = fieldOf(request, 'token');
    const known = signer.verify('form', field);
    const nonce = cookies.read(exchangeOf(response), 'form') ?? '';
    return Number(known?.['to']) > Date.now() && isSame(String(known?.['nonce']), nonce);
  };
  const showSignIn = (
    response: Response,
    to: string,
    [status, problem]: readonly [number, SignInProblem | undefined],
  ) => {
    const token = formToken(response);
    const hasOidc = oidc !== undefined;
    sendForm(response, status, pages.signIn({ to, token, hasPassword, hasOidc, problem }));
  };
  const limited = (response: Response, to: string, seconds: number) => {
    audit.note({ event: 'sign-in-limited', ...auditFacts(exchangeOf(response)) });
    response.setHeader('Retry-After', String(seconds));
    showSignIn(response, to, [429, 'limited']);
  };
  const begin = (
    response: Response,
    person: Pick<Viewer, 'name' | 'groups' | 'method'>,
    to: string,
  ) => {
    const { token, seconds } = sessions.begin(person);
    cookies.set(response, 'session', token, seconds);
    cookies.clear(response, 'form');
    audit.note({
      event: 'sign-in',
      ...auditFacts(exchangeOf(response)),
      name: person.name,
      detail: person.method,
    });
    go(response, to);
  };

  router.get('/sign-in', (request, response) => {
    const to = localPath(request.query['to']);
    if (exchangeOf(response).asker.viewer === undefined) {
      showSignIn(response, to, [200, undefined]);
    } else go(response, to);
  });

  const signIn: RequestHandler = async (request, response) => {
    const to = localPath(fieldOf(request, 'to'));
    const wait = byAddress.take(addressKey(exchangeOf(response).address));
    if (wait > 0) {
      limited(response, to, wait);
      return;
    }
    if (!isOwnForm(request, response)) {
      showSignIn(response, to, [403, 'expired']);
      return;
    }
    const given = fieldOf(request, 'name');
    const name = userName(given);
    const nameWait = byName.take(name ?? '');
    if (nameWait > 0) {
      limited(response, to, nameWait);
      return;
    }
    const user = name === undefined ? undefined : (await sessions.users()).get(name);
    const isRight = await checks.take(() =>
      verifyPassword(fieldOf(request, 'password'), user?.password),
    );
    if (isRight === undefined) {
      limited(response, to, 5);
    } else if (isRight && user !== undefined) {
      byName.reset(user.name);
      begin(response, { ...user, method: 'password' }, to);
    } else {
      const facts = auditFacts(exchangeOf(response));
      // What is no name may be a password that was typed into the wrong field.
      audit.note({ event: 'sign-in-failed', ...facts, name: user?.name, detail: 'password' });
      showSignIn(response, to, [401, 'wrong']);
    }
  };
  const body = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 });
  if (hasPassword) router.post('/sign-in', body, signIn);

  router.get('/account', async (request, response) => {
    const { viewer } = exchangeOf(response).asker;
    if (viewer === undefined) go(response, '/sign-in?to=%2Faccount');
    else {
      sendForm(response, 200, pages.account({ viewer, token: formToken(response) }));
    }
    await Promise.resolve();
  });
  /** Undefined when the provider has no place for it, or cannot be asked: our own session is over. */
  const signOutUrl = async (proof: string | undefined): Promise<string | undefined> => {
    try {
      return await oidc?.signOutUrl(proof);
    } catch (error) {
      logger.warn(`the OpenID provider was not told of a sign-out: ${words(error)}`);
      return undefined;
    }
  };
  router.post('/sign-out', body, async (request, response) => {
    const { viewer } = exchangeOf(response).asker;
    if (!isOwnForm(request, response)) {
      go(response, '/account');
      return;
    }
    if (viewer !== undefined) {
      await sessions.end(viewer);
      audit.note({ event: 'sign-out', ...auditFacts(exchangeOf(response)) });
    }
    const proof = cookies.read(exchangeOf(response), 'proof');
    cookies.clear(response, 'session');
    cookies.clear(response, 'proof');
    // Pages that the browser has kept are not for whoever sits there next.
    response.setHeader('Clear-Site-Data', '"cache"');
    const url = viewer?.method === 'oidc' ? await signOutUrl(proof) : undefined;
    if (url === undefined) {
      go(response, '/');
      return;
    }
    // A redirect would be the form's, which our policy lets go nowhere else.
    response.setHeader('Refresh', `0; url=${url}`);
    sendForm(response, 200, pages.signedOut(url));
  });

  if (oidc !== undefined) {
    router.get('/sign-in/oidc', async (request, response) => {
      const to = localPath(request.query['to']);
      const wait = byAddress.take(addressKey(exchangeOf(response).address));
      if (wait > 0) {
        limited(response, to, wait);
        return;
      }
      try {
        const started = await oidc.begin();
        const value = signer.sign('oidc', {
          ...started.request,
          to,
          until: Date.now() + oidcSeconds * 1000,
        });
        cookies.set(response, 'oidc', value, oidcSeconds);
        response.setHeader('Cache-Control', 'no-store');
        response.redirect(303, started.url);
      } catch (error) {
        logger.error(`the OpenID provider does not answer: ${words(error)}`);
        showSignIn(response, to, [502, 'provider']);
      }
    });
    router.get(oidcReturnPath, async (request, response) => {
      const known = signer.verify('oidc', cookies.read(exchangeOf(response), 'oidc') ?? '');
      cookies.clear(response, 'oidc');
      const to = localPath(known?.['to']);
      if (known === undefined || !(Number(known['until']) > Date.now())) {
        showSignIn(response, to, [400, 'expired']);
        return;
      }
      try {
        const query = /\?.*$/s.exec(request.url)?.[0] ?? '';
        const person = await oidc.finish(query, known as unknown as OidcRequest);
        if (person.proof !== undefined && person.proof.length <= maxProof) {
          cookies.set(response, 'proof', person.proof, config.sessionHours * 3600);
        }
        begin(response, { ...person, method: 'oidc' }, to);
      } catch (error) {
        const isKnown = error instanceof NotAllowedError;
        const facts = auditFacts(exchangeOf(response));
        audit.note({ event: 'sign-in-failed', ...facts, detail: `oidc: ${words(error)}` });
        if (!isKnown) logger.warn(`signing in at the OpenID provider failed: ${words(error)}`);
        showSignIn(response, to, [403, isKnown ? 'not-allowed' : 'provider']);
      }
    });
  }
  return router;
}

/** A field of a form, as text; what came twice, or is too long to be meant, is nothing. */
function fieldOf(request: Request, name: string): string {
  const value = (request.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' && value.length <= 4000 ? value : '';
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

function words(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 300);
}

/** Lets so many do something at once, and so many wait for it. */
class Turns {
  #free: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, maxWaiting: number) {
    this.#free = count;
    this.#maxWaiting = maxWaiting;
  }

  /** @returns Undefined when too many wait already. */
  async take<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#free > 0) this.#free -= 1;
    else if (this.#waiting.length >= this.#maxWaiting) return undefined;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
