// Addresses for sign-in at an OpenID Connect provider. Another provider protocol would get its routes here.

import type { RequestHandler } from 'express';
import { auditFacts, oidcReturnPath } from '../../access/access.js';
import { localPath } from './local-path.js';
import { NotAllowedError, type OidcRequest } from '../../access/oidc.js';
import { addressKey, type RateLimiter } from '../../../http/rate-limiter.js';
import type { HandlerRoute } from '../route.js';
import type { SignInOptions, SignInResponses } from './sign-in-responses.js';

/** The largest ID token that is kept in a cookie, in bytes: browsers' limit less name and attributes. */
const maxProof = 3800;

/** How long a sign-in at the provider may take, in seconds. */
const oidcSeconds = 600;

/**
 * The routes to and from the OpenID provider; none where no provider is configured.
 *
 * @param byAddress - Limits the attempts of a client, by whatever method.
 */
export function oidcRoutes(
  { access, logger }: SignInOptions,
  responses: SignInResponses,
  byAddress: RateLimiter,
): HandlerRoute[] {
  const { config, signer, cookies, oidc, audit } = access;
  if (oidc === undefined) return [];

  const begin: RequestHandler = async (request, response) => {
    const to = localPath(request.query['to']);
    const wait = byAddress.take(addressKey(request.ip ?? ''));
    if (wait > 0) {
      await responses.limited(response, to, wait);
      return;
    }
    try {
      const started = await oidc.begin();
      const until = Date.now() + oidcSeconds * 1000;
      const value = await signer.sign('oidc', { ...started.request, to }, until);
      cookies.set(response, 'oidc', value, oidcSeconds);
      await responses.goTo(response, started.url);
    } catch (error) {
      logger.error(`the OpenID provider does not answer: ${describeProviderError(error)}`);
      await responses.signIn(response, to, 502, 'provider');
    }
  };

  const end: RequestHandler = async (request, response) => {
    const known = await signer.verify('oidc', cookies.read(request, 'oidc') ?? '');
    cookies.clear(response, 'oidc');
    const to = localPath(known?.['to']);
    if (known === undefined) {
      await responses.signIn(response, to, 400, 'expired');
      return;
    }
    try {
      const query = /\?.*$/s.exec(request.url)?.[0] ?? '';
      const person = await oidc.finish(query, known as unknown as OidcRequest);
      if (person.proof !== undefined && person.proof.length <= maxProof) {
        cookies.set(response, 'proof', person.proof, config.sessionHours * 3600);
      }
      await responses.begin(response, { ...person, method: 'oidc' }, to);
    } catch (error) {
      const isKnown = error instanceof NotAllowedError;
      const [facts, said] = [auditFacts(response), describeProviderError(error)];
      audit.note({ event: 'sign-in-failed', ...facts, detail: `oidc: ${said}` });
      if (!isKnown) logger.warn(`signing in at the OpenID provider failed: ${said}`);
      await responses.signIn(response, to, 403, isKnown ? 'not-allowed' : 'provider');
    }
  };
  return [
    {
      pattern: '/sign-in/oidc',
      holds: 'Leads to the OpenID Connect provider',
      readers: 'everybody',
      handlers: [begin],
    },
    {
      pattern: oidcReturnPath,
      holds: 'Where the provider sends people back',
      readers: 'everybody',
      handlers: [end],
    },
  ];
}

/** An error of the provider for the log: on one line, and of limited length. */
export function describeProviderError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 300);
}
