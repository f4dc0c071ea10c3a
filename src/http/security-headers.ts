import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** What the responses of a server may do in a browser. */
export interface SecurityOptions {
  /** The Content-Security-Policy of what says no other. */
  readonly policy: string;
  /** Who is told the address that a request came from. */
  readonly referrers: 'no-referrer' | 'same-origin';
  /** Whether pages of the same server may frame what it sends. */
  readonly mayBeFramed: boolean;
}

/**
 * Puts the headers on every response that keep a browser to what the server means: those that helmet knows, the
 * policy, and no camera, place or microphone. `Strict-Transport-Security` is for the proxy that speaks TLS.
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
