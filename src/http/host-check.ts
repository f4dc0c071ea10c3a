// Check of the Host header, against DNS rebinding.

import type { RequestHandler } from 'express';
import type { ExposureConfig } from '../config/environment/access-config.js';
import { isHostOf, isLoopback } from '../system/loopback.js';
import { sendResponse, textResponse } from './prepared-response.js';

/**
 * Decides whether a Host header names the dashboard. A server on other addresses than loopback may have any name,
 * so the header is checked there only when names are configured.
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

const misdirected = textResponse(
  421,
  'This dashboard is not known under the name in the address.\n' +
    'Ask for it as localhost, or let its administrator set DAYBOOK_PUBLIC_ORIGIN or\n' +
    'DAYBOOK_ALLOWED_HOSTS.\n',
);

/**
 * Refuses requests with another server's Host header. Browsers always send one: a request without it comes from a
 * probe.
 */
export function requireHost(isOurs: (host: string) => boolean): RequestHandler {
  return (request, response, next) => {
    const { host } = request.headers;
    if (host === undefined || isOurs(host)) next();
    else sendResponse(response, misdirected).catch(next);
  };
}
