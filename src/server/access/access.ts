import type { AccessConfig, ExposureConfig } from '../../config/access-config.js';
import type { Logger } from '../../logger.js';
import type { Exchange } from '../http/exchange.js';
import { audienceOf, everybody } from './audience.js';
import { AuditLog, type AuditEntry } from './audit-log.js';
import { Cookies } from './cookies.js';
import { hasMachineToken } from './machine-token.js';
import { OidcProvider } from './oidc.js';
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

/** Looks who asks. */
export async function identify(
  { sessions, cookies, config }: Access,
  exchange: Exchange,
): Promise<void> {
  const token = cookies.read(exchange, 'session');
  const viewer = token === undefined ? undefined : await sessions.viewer(token);
  const isMachine = viewer === undefined && hasMachineToken(exchange, config.metricsToken);
  const audience = isMachine ? everybody : audienceOf(viewer, config);
  exchange.asker = { viewer, audience };
}

/** What the audit log says of each request. */
export function auditFacts({
  asker,
  address,
  id,
}: Exchange): Pick<AuditEntry, 'name' | 'address' | 'request'> {
  return { name: asker.viewer?.name, address, request: id };
}
