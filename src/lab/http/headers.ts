import type { RequestHandler } from 'express';
import { securityHeaders } from '../../http/security-headers.js';

/** For answers that are data: nothing in them may run or load, wherever they are opened. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * For files of the workspace, which anybody may have written: a picture shows, a page shows its words,
 * and neither runs nor belongs to our origin (CVE-2026-44727, CVE-2018-19351).
 */
export const filePolicy =
  "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; " +
  "frame-ancestors 'self'; sandbox";

/**
 * For JupyterLab itself. Its settings are checked by compiled schemas (ajv), hence `unsafe-eval`; its
 * widgets carry inline styles. Scripts come from us alone: what a notebook's HTML brings does not run.
 *
 * @param host - Our host and port as the browser knows them; some browsers leave websockets out of
 *   `'self'`.
 */
export function pagePolicy(host: string): string {
  return [
    "default-src 'self'",
    "script-src 'self' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob: https:",
    "font-src 'self' data:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "worker-src 'self' blob:",
    "frame-src 'self' blob: data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}

/** The headers of every response, with the strictest policy until a route says otherwise. */
export const labHeaders: RequestHandler[] = [
  securityHeaders({ policy: dataPolicy, referrers: 'same-origin', mayBeFramed: true }),
  (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  },
];
