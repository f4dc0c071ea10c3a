import { createHash, timingSafeEqual } from 'node:crypto';
import type { Exchange } from '../http/exchange.js';

/** The addresses that are for machines. */
const machinePaths = new Set(['/metrics', '/status.json']);

/**
 * Whether a machine asks for one of its addresses with the token of the settings.
 *
 * @param token - Undefined: there is none.
 */
export function hasMachineToken({ request, path }: Exchange, token: string | undefined): boolean {
  if (token === undefined || !machinePaths.has(path)) return false;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // Hashes are of one length, which the comparison needs and a guesser learns nothing from.
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
