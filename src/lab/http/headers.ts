// Security headers and Content-Security-Policy of the lab.

import type { RequestHandler } from 'express';
import { securityHeaders } from '../../http/security-headers.js';

/** The policy of data: nothing runs or loads, wherever it is opened. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/**
 * The policy of workspace files, which anybody may have written: images and text show, but nothing runs or belongs
 * to our origin (CVE-2026-44727, CVE-2018-19351).
 */
export const filePolicy =
  "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; " +
  "frame-ancestors 'self'; sandbox";

/**
 * The policy of JupyterLab. Its settings are validated by compiled schemas (ajv), hence `unsafe-eval`; its widgets
 * have inline styles. Scripts come only from this server: a notebook's HTML runs none.
 *
 * @param host - Our host and port for the browser; some browsers exclude websockets from `'self'`.
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

/** The headers of every response, with the strictest policy unless a route sets another. */
export const labHeaders: RequestHandler[] = [
  securityHeaders({ policy: dataPolicy, referrers: 'same-origin', mayBeFramed: true }),
  (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  },
];
