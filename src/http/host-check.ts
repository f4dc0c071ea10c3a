import type { ExposureConfig } from '../config/access-config.js';
import { isHostOf, isLoopback } from '../system/loopback.js';

/**
 * Tells Host headers that name the dashboard from those of other sites' pages. Who listens on other
 * addresses than loopback may be known under any name, so there it is looked at only once names are
 * allowed.
 *
 * @param host - The name or address that the dashboard listens on.
 */
export function hostCheck(
  host: string,
  { publicOrigin, allowedHosts }: Pick<ExposureConfig, 'publicOrigin' | 'allowedHosts'>,
): (header: string) => boolean {
  if (!isLoopback(host) && allowedHosts.length === 0) return () => true;
  const names = [host.toLowerCase(), ...allowedHosts];
  if (publicOrigin !== undefined) names.push(new URL(publicOrigin).hostname);
  return (header) => isHostOf(header, host, names);
}
