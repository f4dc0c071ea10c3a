import express, { type RequestHandler, type Router } from 'express';
import { exchangeOf } from '../../http/exchange.js';
import { BoundedCache } from '../../../http/bounded-cache.js';
import { auditFacts } from '../../access/access.js';
import { localPath } from './local-path.js';
import { addOidcRoutes, providersWords } from './oidc-routes.js';
import { fieldOf } from './own-forms.js';
import { verifyPassword } from '../../access/password-hash.js';
import { addressKey, RateLimiter } from '../../../http/rate-limiter.js';
import { SignInAnswers, type SignInOptions } from './sign-in-responses.js';
import { Semaphore } from '../../../semaphore.js';
import { userName } from '../../access/users.js';

/** Passwords that are checked at once: each takes 32 MB and a core. */
const maxChecks = 2;

/** Pairs of address and account that are remembered as having signed in. */
const maxTrusted = 10_000;

/** Passwords that may wait for that; who comes then is told to come back. */
const maxWaiting = 16;

/** `/sign-in`, `/account` and what their forms lead to; without scripts. */
export function signInRoutes(options: SignInOptions): Router {
  const answers = new SignInAnswers(options);
  const byAddress = new RateLimiter(20, 10);
  const router = express.Router();

  router.get('/sign-in', (request, response) => {
    const to = localPath(request.query['to']);
    if (exchangeOf(response).asker.viewer === undefined) answers.signIn(response, to, 200);
    else answers.go(response, to);
  });
  const body = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 });
  if (options.access.config.signIn.includes('password')) {
    router.post('/sign-in', body, signInByPassword(options, answers, byAddress));
  }
  router.get('/account', (_request, response) => {
    const { viewer } = exchangeOf(response).asker;
    if (viewer === undefined) answers.go(response, '/sign-in?to=%2Faccount');
    else {
      const token = answers.forms.token(response);
      answers.page(response, 200, options.pages.account({ viewer, token }));
    }
  });
  router.post('/sign-out', body, signOut(options, answers));
  addOidcRoutes(router, options, answers, byAddress);
  return router;
}

/**
 * Answers to wrong names, wrong passwords and limited accounts are the same and take as long, whether there
 * is such an account or not.
 */
function signInByPassword(
  { access: { sessions, audit } }: SignInOptions,
  answers: SignInAnswers,
  byAddress: RateLimiter,
): RequestHandler {
  // Of one address, so that a few wrong guesses from anywhere do not lock an account for its owner.
  const byAddressAndName = new RateLimiter(10, 1);
  // Of all addresses but those from which the account was signed in to: many may guess together.
  const byName = new RateLimiter(50, 5);
  const trusted = new BoundedCache<true>(maxTrusted);
  const checks = new Semaphore(maxChecks);
  return async (request, response) => {
    const to = localPath(fieldOf(request, 'to'));
    const address = addressKey(exchangeOf(response).address);
    const wait = byAddress.take(address);
    if (wait > 0) {
      answers.limited(response, to, wait);
      return;
    }
    if (!answers.forms.includes(request, response)) {
      answers.signIn(response, to, 403, 'expired');
      return;
    }
    const name = userName(fieldOf(request, 'name'));
    const key = `${address} ${name ?? ''}`;
    const nameWait =
      byAddressAndName.take(key) || (trusted.get(key) === true ? 0 : byName.take(name ?? ''));
    if (nameWait > 0) {
      answers.limited(response, to, nameWait);
      return;
    }
    const user = name === undefined ? undefined : (await sessions.users()).get(name);
    const isRight =
      checks.waiting >= maxWaiting
        ? undefined
        : await checks.run(() => verifyPassword(fieldOf(request, 'password'), user?.password));
    if (isRight === undefined) {
      answers.limited(response, to, 5);
    } else if (isRight && user !== undefined) {
      byAddressAndName.reset(key);
      trusted.set(key, true);
      answers.begin(response, { ...user, method: 'password' }, to);
    } else {
      const facts = auditFacts(exchangeOf(response));
      // What is no name may be a password that was typed into the wrong field.
      audit.note({ event: 'sign-in-failed', ...facts, name: user?.name, detail: 'password' });
      answers.signIn(response, to, 401, 'wrong');
    }
  };
}

function signOut(
  { access: { sessions, cookies, oidc, audit }, pages, logger }: SignInOptions,
  answers: SignInAnswers,
): RequestHandler {
  /** Undefined when the provider has no place for it, or cannot be asked: our own session is over. */
  const signOutUrl = async (proof: string | undefined): Promise<string | undefined> => {
    try {
      return await oidc?.signOutUrl(proof);
    } catch (error) {
      logger.warn(`the OpenID provider was not told of a sign-out: ${providersWords(error)}`);
      return undefined;
    }
  };
  return async (request, response) => {
    const { viewer } = exchangeOf(response).asker;
    if (!answers.forms.includes(request, response)) {
      answers.go(response, '/account');
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
      answers.go(response, '/');
      return;
    }
    // A redirect would be the form's, which our policy lets go nowhere else.
    response.setHeader('Refresh', `0; url=${url}`);
    answers.page(response, 200, pages.signedOut(url));
  };
}
