import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { AccessConfig, ExposureConfig } from '../../config/access-config.js';
import type { Logger } from '../../logger.js';
import { audienceOf, everybody } from './audience.js';
import { AuditLog, type AuditEntry } from './audit-log.js';
import { Cookies } from './cookies.js';
import { OidcProvider } from './oidc.js';
import { principalOf, setPrincipal } from './principal.js';
import { Sessions } from './sessions.js';
import { readSigningKey, TokenSigner } from './signed-token.js';

/** Where the dashboard is, for what signing in needs of it. */
export interface AccessPlace {
  readonly basePath: string;
  readonly exposure: Pick<ExposureConfig, 'publicOrigin'>;
}

/** Who may read what: all that the server has for it while people sign in. */
export interface Access {
  readonly config: AccessConfig;
  readonly signer: TokenSigner;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly oidc: OidcProvider | undefined;
  readonly audit: AuditLog;
}

/** The address at which the provider's people come back, below the dashboard's root. */
export const oidcReturnPath = '/sign-in/oidc/return';

/**
 * Opens the folder of access, where people sign in.
 *
 * @returns Undefined where nobody does.
 * @throws DaybookError `USERS_INVALID`.
 */
export async function openAccess(
  config: AccessConfig,
  { basePath, exposure: { publicOrigin } }: AccessPlace,
  logger: Logger,
  now: () => Date = () => new Date(),
): Promise<Access | undefined> {
  if (config.signIn.length === 0) return undefined;
  const { folder, sessionHours: hours, auditDays: keepDays, oidc } = config;
  const signer = new TokenSigner(await readSigningKey(folder));
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
 * Finds out who asks, and keeps it for the rest of the request.
 *
 * @param isForMachines - Whether the address is one that machines may ask for with their token.
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

/** What the audit log says of each request. */
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
