// This folder is sign-in and identity of the dashboard: who sends a request (this file), passwords (users.ts,
// password-hash.ts), single sign-on at a provider (oidc.ts), sessions and their cookies, what an audience may read
// (audience.ts), and the audit log.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { AccessConfig, ExposureConfig } from '../../config/environment/access-config.js';
import type { Logger } from '../../logger.js';
import { audienceOf, everybody } from './audience.js';
import { AuditLog, type AuditEntry } from './audit-log.js';
import { Cookies } from './cookies.js';
import { OidcProvider } from './oidc.js';
import { principalOf, setPrincipal } from './principal.js';
import { Sessions } from './sessions.js';
import { readSigningKey, TokenSigner } from './signed-token.js';

/** The addresses of the dashboard that cookies and the provider need. */
export interface SiteAddress {
  readonly basePath: string;
  readonly exposure: Pick<ExposureConfig, 'publicOrigin'>;
}

/** The parts of access control: users, sessions, cookies, the provider, the audit log. */
export interface Access {
  readonly config: AccessConfig;
  readonly signer: TokenSigner;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly oidc: OidcProvider | undefined;
  readonly audit: AuditLog;
}

/** The redirect address that the provider sends people back to, below the dashboard's root. */
export const oidcReturnPath = '/sign-in/oidc/return';

/**
 * Opens the folder of access control.
 *
 * @returns Undefined where nobody signs in.
 * @throws DaybookError `USERS_INVALID`.
 */
export async function openAccess(
  config: AccessConfig,
  { basePath, exposure: { publicOrigin } }: SiteAddress,
  logger: Logger,
  now: () => Date = () => new Date(),
): Promise<Access | undefined> {
  if (config.signIn.length === 0) return undefined;
  const { folder, sessionHours: hours, auditDays: keepDays, oidc } = config;
  const signer = new TokenSigner(await readSigningKey(folder), now);
  const root = `${publicOrigin ?? ''}${basePath}`;
  return {
    config,
    signer,
    sessions: new Sessions({ folder, hours, signer }, logger, now),
    cookies: new Cookies(basePath, publicOrigin),
    oidc:
      oidc === undefined ? undefined : new OidcProvider(oidc, root + oidcReturnPath, `${root}/`),
    audit: new AuditLog({ folder, keepDays }, logger, now),
  };
}

/**
 * Identifies the principal of a request by session cookie or machine token, and keeps it with the response.
 *
 * @param isForMachines - Whether the address accepts the machine token.
 */
export async function identify(
  { sessions, cookies, config }: Access,
  request: Request,
  response: Response,
  isForMachines: boolean,
): Promise<void> {
  const token = cookies.read(request, 'session');
  const viewer = token === undefined ? undefined : await sessions.viewer(token);
  const seesAll = viewer === undefined && isForMachines && isMachine(request, config.metricsToken);
  setPrincipal(response, { viewer, audience: seesAll ? everybody : audienceOf(viewer, config) });
}

/** The fields of an audit entry that describe a request. */
export function auditFacts(response: Response): Pick<AuditEntry, 'name' | 'address' | 'request'> {
  return {
    name: principalOf(response).viewer?.name,
    address: response.req.ip ?? '',
    request: response.get('X-Request-Id') ?? '',
  };
}

/**
 * Whether a request holds the token of the settings, as monitoring sends it.
 *
 * @param token - Undefined: there is none.
 */
function isMachine(request: Request, token: string | undefined): boolean {
  if (token === undefined) return false;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // Hashes are of one length, which the comparison needs and a guesser learns nothing from.
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
