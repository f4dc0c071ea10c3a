// Single sign-on at an identity provider: OpenID Connect. Another protocol, such as SAML, would stand beside it.

import type { Configuration } from 'openid-client';
import type { OidcConfig } from '../../config/environment/access-config.js';
import { DaybookError } from '../../errors.js';

/** The secrets of one sign-in that the browser keeps while its user is at the provider. */
export interface OidcRequest {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** A person as the provider describes them. */
export interface OidcPerson {
  readonly name: string;
  readonly groups: readonly string[];
}

/** A person who has just signed in at the provider. */
export interface OidcArrival extends OidcPerson {
  /** The ID token, which the provider asks for at sign-out. */
  readonly proof: string | undefined;
}

/** The provider knows the person, but the settings do not admit them. */
export class NotAllowedError extends DaybookError {
  override readonly name = 'NotAllowedError';

  constructor() {
    super('SIGN_IN_REFUSED', 'not among those who are let in');
  }
}

/**
 * Signing in at a provider: OpenID Connect's code flow, with PKCE, state and nonce, by openid-client,
 * which checks the provider's signatures and claims.
 */
export class OidcProvider {
  readonly #config: OidcConfig;
  readonly #redirect: string;
  readonly #home: string;
  #client: Promise<typeof import('openid-client')> | undefined;
  #discovered: Promise<Configuration> | undefined;

  /**
   * @param redirect - The redirect address after sign-in.
   * @param home - The redirect address after sign-out.
   */
  constructor(config: OidcConfig, redirect: string, home: string) {
    this.#config = config;
    this.#redirect = redirect;
    this.#home = home;
  }

  /**
   * Starts a sign-in: the provider's address for the browser, and the secrets that it keeps. Rejects while the
   * provider cannot be reached.
   */
  async begin(): Promise<{ url: string; request: OidcRequest }> {
    const [client, provider] = await Promise.all([this.#library(), this.#discover()]);
    const request = {
      verifier: client.randomPKCECodeVerifier(),
      state: client.randomState(),
      nonce: client.randomNonce(),
    };
    const url = client.buildAuthorizationUrl(provider, {
      redirect_uri: this.#redirect,
      scope: this.#config.scope,
      code_challenge: await client.calculatePKCECodeChallenge(request.verifier),
      code_challenge_method: 'S256',
      state: request.state,
      nonce: request.nonce,
    });
    return { url: url.href, request };
  }

  /**
   * Completes a sign-in.
   *
   * @param query - Of the redirect address, with its question mark.
   * @throws NotAllowedError; openid-client's own errors for a response that is not valid.
   */
  async finish(query: string, { verifier, state, nonce }: OidcRequest): Promise<OidcArrival> {
    const [client, provider] = await Promise.all([this.#library(), this.#discover()]);
    const tokens = await client.authorizationCodeGrant(provider, new URL(this.#redirect + query), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const proof = tokens.claims();
    if (proof === undefined) throw new Error('the provider sent no ID token');
    const isComplete = this.#config.groupsClaim in proof && 'email' in proof;
    const hasMore = provider.serverMetadata().userinfo_endpoint !== undefined;
    const more =
      isComplete || !hasMore
        ? {}
        : await client.fetchUserInfo(provider, tokens.access_token, proof.sub);
    const person = personOf({ ...more, ...proof }, this.#config);
    if (person === undefined) throw new NotAllowedError();
    return { ...person, proof: tokens.id_token };
  }

  /**
   * The provider's sign-out address (OpenID Connect RP-Initiated Logout); undefined when the provider has none.
   * Rejects while the provider cannot be reached.
   *
   * @param proof - The ID token; without it most providers ask for the user.
   */
  async signOutUrl(proof: string | undefined): Promise<string | undefined> {
    const [client, provider] = await Promise.all([this.#library(), this.#discover()]);
    if (provider.serverMetadata().end_session_endpoint === undefined) return undefined;
    return client.buildEndSessionUrl(provider, {
      post_logout_redirect_uri: this.#home,
      ...(proof === undefined ? {} : { id_token_hint: proof }),
    }).href;
  }

  #library(): Promise<typeof import('openid-client')> {
    return (this.#client ??= import('openid-client'));
  }

  #discover(): Promise<Configuration> {
    this.#discovered ??= this.#fetchMetadata().catch((error: unknown) => {
      // The next sign-in discovers the provider again.
      this.#discovered = undefined;
      throw error;
    });
    return this.#discovered;
  }

  async #fetchMetadata(): Promise<Configuration> {
    const client = await this.#library();
    const { issuer, clientId, clientSecret } = this.#config;
    const address = new URL(issuer);
    // The configuration lets http through for this machine alone, which is what it is marked for.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const execute = address.protocol === 'http:' ? [client.allowInsecureRequests] : [];
    return client.discovery(address, clientId, clientSecret, undefined, { execute, timeout: 10 });
  }
}

/**
 * The person of a set of claims; undefined when the settings do not admit them.
 *
 * @param claims - Of the ID token and of the provider's user info.
 */
export function personOf(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, allowed }: Pick<OidcConfig, 'groupsClaim' | 'allowed'>,
): OidcPerson | undefined {
  const text = (claim: string) => (typeof claims[claim] === 'string' ? claims[claim] : undefined);
  // An unverified address proves nothing.
  const email = claims['email_verified'] === true ? text('email')?.toLowerCase() : undefined;
  const name = email ?? text('preferred_username') ?? text('sub');
  const listed = claims[groupsClaim];
  const groups = (Array.isArray(listed) ? (listed as unknown[]) : [listed]).filter(
    (group) => typeof group === 'string',
  );
  const isAllowed =
    allowed.length === 0 ||
    allowed.some((one) =>
      one.startsWith('@') ? email?.endsWith(one.toLowerCase()) === true : groups.includes(one),
    );
  return name === undefined || !isAllowed ? undefined : { name: name.slice(0, 200), groups };
}
