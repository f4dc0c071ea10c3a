// Security headers of all responses (helmet): a new header is added here. The Content-Security-Policies of pages
// are in server/parts/content-policy.ts.

import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Options of {@link securityHeaders}. */
export interface SecurityOptions {
  /** The default Content-Security-Policy. */
  readonly policy: string;
  /** The Referrer-Policy. */
  readonly referrers: 'no-referrer' | 'same-origin';
  /** Whether pages of the same server may frame responses. */
  readonly mayBeFramed: boolean;
}

/**
 * Sets security headers on every response: helmet's, the policy, and no camera, geolocation or microphone.
 * `Strict-Transport-Security` is left to the proxy that terminates TLS.
 */
export function securityHeaders(options: SecurityOptions): RequestHandler {
  const { policy, referrers, mayBeFramed } = options;
  const common = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    referrerPolicy: { policy: referrers },
    xFrameOptions: mayBeFramed ? false : { action: 'deny' },
  });
  return (request, response, next) => {
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=()');
    common(request, response, next);
  };
}
