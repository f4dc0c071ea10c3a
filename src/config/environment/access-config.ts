// Settings of sign-in, access and exposure: DAYBOOK_SIGN_IN, OIDC, hosts, proxies, rate limit.

import { isIP } from 'node:net';
import { readVisibility, type Visibility } from '../../visibility.js';
import type { ReadSetting } from './settings.js';

/** A method of sign-in. */
export type SignInMethod = 'password' | 'oidc';

/** The OpenID Connect provider. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The claim that lists a person's groups. */
  readonly groupsClaim: string;
  readonly scope: string;
  /** Who is admitted: groups, or `@example.org`; empty: everybody. */
  readonly allowed: readonly string[];
}

/** Who may read the dashboard, and how much of it. */
export interface AccessConfig {
  /** The methods of sign-in; empty: none, and whoever reaches the dashboard reads everything. */
  readonly signIn: readonly SignInMethod[];
  /** Who reads notebooks without a visibility of their own. */
  readonly notebooks: Visibility;
  /**
   * Who reads the pages of pipeline and data; undefined: whoever has signed in, as long as they may read all
   * notebooks.
   */
  readonly internals: Visibility | undefined;
  /** Groups whose members operate the pipeline on the dashboard. Default: nobody. */
  readonly operators?: readonly string[];
  /** The folder of users, keys and the audit log. Absolute. */
  readonly folder: string;
  /** The lifetime of a session, in hours. */
  readonly sessionHours: number;
  /** The retention of the audit log, in days. */
  readonly auditDays: number;
  /** Defined when {@link signIn} has `oidc`. */
  readonly oidc: OidcConfig | undefined;
  /** The bearer token with which machines read all of /metrics and /status.json. */
  readonly metricsToken: string | undefined;
}

/** How the dashboard is reached. */
export interface ExposureConfig {
  /** The public origin, like `https://reports.example.org`. */
  readonly publicOrigin: string | undefined;
  /** Further host names or addresses, in lower case, without ports. */
  readonly allowedHosts: readonly string[];
  /** Trusted proxies: addresses, networks, or names of proxy-addr. */
  readonly trustedProxies: readonly string[];
  /** The rate limit of a client, in requests per minute; loopback is exempt. */
  readonly requestsPerMinute: number;
  /** Origins that may embed figures in frames; empty: none. */
  readonly frameAncestors: readonly string[];
}

/**
 * Reads the settings of access.
 *
 * @param home - `DAYBOOK_HOME`, the parent of the folder.
 * @param report - Reports problems of several settings together.
 */
export function readAccessConfig(
  read: ReadSetting,
  home: string,
  report: (problem: string) => void,
): AccessConfig {
  const signIn = list(read('DAYBOOK_SIGN_IN', signInProblem)) as SignInMethod[];
  const visibility = (value: string | undefined) => {
    const names = list(value);
    return readVisibility(names.length === 0 ? undefined : names.length === 1 ? names[0] : names);
  };
  const oidc: OidcConfig = {
    issuer: read('DAYBOOK_OIDC_ISSUER', issuerProblem) ?? '',
    clientId: read('DAYBOOK_OIDC_CLIENT_ID') ?? '',
    clientSecret: read('DAYBOOK_OIDC_CLIENT_SECRET') ?? '',
    groupsClaim: read('DAYBOOK_OIDC_GROUPS_CLAIM'),
    scope: read('DAYBOOK_OIDC_SCOPE'),
    allowed: list(read('DAYBOOK_OIDC_ALLOWED')),
  };
  const hasOidc = signIn.includes('oidc');
  for (const [name, value] of [
    ['DAYBOOK_OIDC_ISSUER', oidc.issuer],
    ['DAYBOOK_OIDC_CLIENT_ID', oidc.clientId],
    ['DAYBOOK_OIDC_CLIENT_SECRET', oidc.clientSecret],
    ['DAYBOOK_PUBLIC_ORIGIN', read('DAYBOOK_PUBLIC_ORIGIN') ?? ''],
  ] as const) {
    if (hasOidc && value === '') report(`${name}: is needed by DAYBOOK_SIGN_IN=oidc`);
  }
  return {
    signIn,
    notebooks: visibility(read('DAYBOOK_VISIBILITY')) ?? 'signed-in',
    internals: visibility(read('DAYBOOK_DATA_VISIBILITY')),
    operators: list(read('DAYBOOK_OPERATORS')),
    folder: `${home}/access`,
    sessionHours: Number(read('DAYBOOK_SESSION_HOURS', hoursProblem)),
    auditDays: Number(read('DAYBOOK_AUDIT_DAYS', daysProblem)),
    oidc: hasOidc ? oidc : undefined,
    metricsToken: read('DAYBOOK_METRICS_TOKEN', tokenProblem),
  };
}

/** Reads the settings of exposure. */
export function readExposureConfig(read: ReadSetting): ExposureConfig {
  return {
    publicOrigin: read('DAYBOOK_PUBLIC_ORIGIN', originProblem),
    allowedHosts: list(read('DAYBOOK_ALLOWED_HOSTS', hostsProblem)?.toLowerCase()),
    trustedProxies: list(read('DAYBOOK_TRUSTED_PROXIES', proxiesProblem)),
    requestsPerMinute: Number(read('DAYBOOK_RATE_LIMIT', daysProblem)),
    frameAncestors: list(read('DAYBOOK_FRAME_ANCESTORS', ancestorsProblem)),
  };
}

/** The parts of a comma-separated setting. */
function list(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function signInProblem(value: string): string | undefined {
  const unknown = list(value).filter((method) => method !== 'password' && method !== 'oidc');
  return unknown.length === 0 ? undefined : `"${unknown.join(', ')}" is neither password nor oidc`;
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? new URL(value).origin === value
    : false;
}

function originProblem(value: string): string | undefined {
  return isOrigin(value)
    ? undefined
    : `"${value}" is not an origin like https://reports.example.org, without a path or a slash at its end`;
}

function hostsProblem(value: string): string | undefined {
  const wrong = list(value).filter((host) => isIP(host) === 0 && !/^[a-z0-9._-]+$/i.test(host));
  return wrong.length === 0
    ? undefined
    : `"${wrong.join(', ')}" is not a name or an address like reports.example.org, without a port`;
}

function issuerProblem(value: string): string | undefined {
  if (!URL.canParse(value)) return `"${value}" is not a URL`;
  const { protocol, hostname } = new URL(value);
  // Tokens and secrets would be sent unencrypted.
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLocal)
    ? undefined
    : `"${value}" does not begin with https://`;
}

function ancestorsProblem(value: string): string | undefined {
  const wrong = list(value).filter((origin) => !isOrigin(origin));
  return wrong.length === 0
    ? undefined
    : `"${wrong.join(', ')}" is not an origin like https://intranet.example.org`;
}

function proxiesProblem(value: string): string | undefined {
  const wrong = list(value).filter((proxy) => {
    if (['loopback', 'linklocal', 'uniquelocal'].includes(proxy)) return false;
    const [address = '', bits, more] = proxy.split('/');
    const version = isIP(address);
    const isNetwork =
      bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
    return version === 0 || !isNetwork || more !== undefined;
  });
  return wrong.length === 0
    ? undefined
    : `"${wrong.join(', ')}" is neither an address, a network like 10.0.0.0/8, nor loopback`;
}

function hoursProblem(value: string): string | undefined {
  return /^[1-9]\d{0,3}$/.test(value) && Number(value) <= 8760
    ? undefined
    : `"${value}" is not a whole number of hours from 1 to 8760`;
}

function daysProblem(value: string): string | undefined {
  return /^[1-9]\d{0,6}$/.test(value) ? undefined : `"${value}" is not a whole number from 1`;
}

function tokenProblem(value: string): string | undefined {
  return value.length >= 20 ? undefined : 'is shorter than 20 characters';
}
