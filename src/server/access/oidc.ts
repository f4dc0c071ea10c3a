import type { Configuration } from 'openid-client';
import type { OidcConfig } from '../../config/access-config.js';
import { DaybookError } from '../../errors.js';

/** What the browser keeps for us while its user is at the provider. */
export interface OidcRequest {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** Somebody as the provider vouches for them. */
export interface OidcPerson {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Somebody who came back from the provider. */
export interface OidcArrival extends OidcPerson {
  /** The ID token, by which the provider knows whom to sign out. */
  readonly proof: string | undefined;
}

/** The provider knows somebody, whom the settings do not let in. */
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
   * @param redirect - The address of ours to which the provider sends people back who sign in.
   * @param home - The same for people who have signed out.
   */
  constructor(config: OidcConfig, redirect: string, home: string) {
    this.#config = config;
    this.#redirect = redirect;
    this.#home = home;
  }

  /** Begins: where to send the browser, and what it keeps for us. Rejects while there is no provider. */
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
   * Ends: who came back.
   *
   * @param query - Of the address at which they came back, with its question mark.
   * @throws NotAllowedError; openid-client's own errors when anything does not fit together.
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
   * Where somebody ends their session at the provider, too (OpenID Connect RP-Initiated Logout);
   * undefined when the provider has no such place. Rejects while there is no provider.
   *
   * @param proof - Their ID token; without it most providers ask whom they mean.
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
    this.#discovered ??= this.#ask().catch((error: unknown) => {
      // The next who signs in asks again.
      this.#discovered = undefined;
      throw error;
    });
    return this.#discovered;
  }

  async #ask(): Promise<Configuration> {
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
 * Who somebody is by what the provider says; undefined when they are not to be let in.
 *
 * @param claims - Of the ID token and of the provider's user info.
 */
export function personOf(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, allowed }: Pick<OidcConfig, 'groupsClaim' | 'allowed'>,
): OidcPerson | undefined {
  const text = (claim: string) => (typeof claims[claim] === 'string' ? claims[claim] : undefined);
  // An address that nobody has checked proves nothing.
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
