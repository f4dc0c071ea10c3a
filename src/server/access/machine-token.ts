import type { Request } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a request holds the token of the settings, as monitoring sends it.
 *
 * @param token - Undefined: there is none.
 */
export function isMachine(request: Request, token: string | undefined): boolean {
  if (token === undefined) return false;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // Hashes are of one length, which the comparison needs and a guesser learns nothing from.
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
