// Addresses of sign-in, account and sign-out; sign-in by password. Single sign-on is in oidc-routes.ts.

import express, { type RequestHandler } from 'express';
import pLimit from 'p-limit';
import { principalOf } from '../../access/principal.js';
import { accountPath, signInPath, signOutPath } from '../../paths.js';
import type { HandlerRoute } from '../route.js';
import { BoundedCache } from '../../../http/bounded-cache.js';
import { auditFacts } from '../../access/access.js';
import { localPath } from './local-path.js';
import { oidcRoutes, describeProviderError } from './oidc-routes.js';
import { fieldOf } from './csrf-tokens.js';
import { verifyPassword } from '../../access/password-hash.js';
import { addressKey, RateLimiter } from '../../../http/rate-limiter.js';
import { SignInResponses, type SignInOptions } from './sign-in-responses.js';
import { userName } from '../../access/users.js';

/** Concurrent password checks: each takes 32 MB and a core. */
const maxChecks = 2;

/** Pairs of client and account that are remembered as having signed in. */
const maxTrusted = 10_000;

/** The queue of password checks; further attempts are refused. */
const maxWaiting = 16;

/** The routes of `/sign-in`, `/account` and their forms; they work without script. */
export function signInRoutes(options: SignInOptions): HandlerRoute[] {
  const { access, pages } = options;
  const responses = new SignInResponses(options);
  const byAddress = new RateLimiter(20, 10);
  const readers = 'everybody';
  const body = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 });
  const showForm: RequestHandler = async (request, response) => {
    const to = localPath(request.query['to']);
    const isKnown = principalOf(response).viewer !== undefined;
    await (isKnown ? responses.go(response, to) : responses.signIn(response, to, 200));
  };
  const showAccount: RequestHandler = async (_request, response) => {
    const { viewer } = principalOf(response);
    if (viewer === undefined) {
      await responses.go(response, `${signInPath}?to=${encodeURIComponent(accountPath)}`);
      return;
    }
    const token = await responses.forms.token(response);
    await responses.page(response, 200, pages.account({ viewer, token }));
  };
  const checkPassword = signInByPassword(options, responses, byAddress);
  return [
    { pattern: signInPath, holds: 'The form to sign in', readers, handlers: [showForm] },
    ...(access.config.signIn.includes('password')
      ? [
          {
            pattern: signInPath,
            holds: 'Checks name and password',
            method: 'post',
            readers,
            handlers: [body, checkPassword],
          } as const,
        ]
      : []),
    {
      pattern: accountPath,
      holds: 'Who has signed in, with their groups',
      readers,
      handlers: [showAccount],
    },
    {
      pattern: signOutPath,
      holds: 'Ends the session',
      method: 'post',
      readers,
      handlers: [body, signOut(options, responses)],
    },
    ...oidcRoutes(options, responses, byAddress),
  ];
}

/**
 * Responses to unknown names, wrong passwords and limited accounts are equal and take equally long, so that they
 * do not reveal which accounts exist.
 */
function signInByPassword(
  { access: { sessions, audit } }: SignInOptions,
  responses: SignInResponses,
  byAddress: RateLimiter,
): RequestHandler {
  // By client, so that a few wrong guesses from elsewhere do not lock an account for its owner.
  const byAddressAndName = new RateLimiter(10, 1);
  // Of all clients but those that have signed in to the account before: many may guess together.
  const byName = new RateLimiter(50, 5);
  const trusted = new BoundedCache<true>(maxTrusted);
  const checks = pLimit(maxChecks);
  return async (request, response) => {
    const to = localPath(fieldOf(request, 'to'));
    const address = addressKey(request.ip ?? '');
    const wait = byAddress.take(address);
    if (wait > 0) {
      await responses.limited(response, to, wait);
      return;
    }
    if (!(await responses.forms.includes(request, response))) {
      await responses.signIn(response, to, 403, 'expired');
      return;
    }
    const name = userName(fieldOf(request, 'name'));
    const key = `${address} ${name ?? ''}`;
    const nameWait =
      byAddressAndName.take(key) || (trusted.get(key) === true ? 0 : byName.take(name ?? ''));
    if (nameWait > 0) {
      await responses.limited(response, to, nameWait);
      return;
    }
    const user = name === undefined ? undefined : (await sessions.users()).get(name);
    const isRight =
      checks.pendingCount >= maxWaiting
        ? undefined
        : await checks(() => verifyPassword(fieldOf(request, 'password'), user?.password));
    if (isRight === undefined) {
      await responses.limited(response, to, 5);
    } else if (isRight && user !== undefined) {
      byAddressAndName.reset(key);
      trusted.set(key, true);
      await responses.begin(response, { ...user, method: 'password' }, to);
    } else {
      const facts = auditFacts(response);
      // An invalid name may be a password that was typed into the wrong field.
      audit.note({ event: 'sign-in-failed', ...facts, name: user?.name, detail: 'password' });
      await responses.signIn(response, to, 401, 'wrong');
    }
  };
}

function signOut(
  { access: { sessions, cookies, oidc, audit }, pages, logger }: SignInOptions,
  responses: SignInResponses,
): RequestHandler {
  /** Undefined when the provider has no sign-out address or cannot be reached: our session is over anyway. */
  const signOutUrl = async (proof: string | undefined): Promise<string | undefined> => {
    try {
      return await oidc?.signOutUrl(proof);
    } catch (error) {
      logger.warn(
        `the OpenID provider was not told of a sign-out: ${describeProviderError(error)}`,
      );
      return undefined;
    }
  };
  return async (request, response) => {
    const { viewer } = principalOf(response);
    if (!(await responses.forms.includes(request, response))) {
      await responses.go(response, '/account');
      return;
    }
    if (viewer !== undefined) {
      await sessions.end(viewer);
      audit.note({ event: 'sign-out', ...auditFacts(response) });
    }
    const proof = cookies.read(request, 'proof');
    cookies.clear(response, 'session');
    cookies.clear(response, 'proof');
    // The next person at the browser must not see cached pages.
    response.setHeader('Clear-Site-Data', '"cache"');
    const url = viewer?.method === 'oidc' ? await signOutUrl(proof) : undefined;
    if (url === undefined) {
      await responses.go(response, '/');
      return;
    }
    // The response to the form cannot redirect, because our policy forbids other form targets.
    await responses.page(response, 200, pages.signedOut(url), { Refresh: `0; url=${url}` });
  };
}
