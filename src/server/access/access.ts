import type { Request, Response } from 'express';
import type { AccessConfig, ExposureConfig } from '../../config/access-config.js';
import type { Logger } from '../../logger.js';
import { audienceOf, everybody, type Audience } from './audience.js';
import { AuditLog, type AuditEntry } from './audit-log.js';
import { Cookies } from './cookies.js';
import { hasMachineToken } from './machine-token.js';
import { OidcProvider } from './oidc.js';
import { Sessions, type Viewer } from './sessions.js';
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
  return {
    config,
    signer,
    sessions: new Sessions({ folder, hours, signer }, logger, now),
    cookies: new Cookies(basePath, publicOrigin),
    oidc:
      oidc === undefined
        ? undefined
        : new OidcProvider(oidc, `${publicOrigin ?? ''}${basePath}${oidcReturnPath}`),
    audit: new AuditLog({ folder, keepDays }, logger, now),
  };
}

/** What the server knows of who asks; in `response.locals.asker`. */
export interface Asker {
  readonly viewer: Viewer | undefined;
  readonly audience: Audience;
}

const anybody: Asker = { viewer: undefined, audience: everybody };

/** Who asks, once {@link identify} has looked; everybody where nobody signs in. */
export function askerOf(response: Response): Asker {
  return (response.locals['asker'] as Asker | undefined) ?? anybody;
}

/** Looks who asks. */
export async function identify(
  { sessions, cookies, config }: Access,
  request: Request,
  response: Response,
): Promise<void> {
  const token = cookies.read(request, 'session');
  const viewer = token === undefined ? undefined : await sessions.viewer(token);
  const isMachine = viewer === undefined && hasMachineToken(request, config.metricsToken);
  const audience = isMachine ? everybody : audienceOf(viewer, config);
  response.locals['asker'] = { viewer, audience } satisfies Asker;
}

/** What the audit log says of each request. */
export function auditFacts(
  request: Request,
  response: Response,
): Pick<AuditEntry, 'name' | 'address' | 'request'> {
  return {
    name: askerOf(response).viewer?.name,
    address: request.ip ?? '',
    request: String(response.getHeader('X-Request-Id') ?? ''),
  };
}
