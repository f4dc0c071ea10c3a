// Content-Security-Policy headers of the dashboard's pages and of embedded figures. The other security headers are
// in http/security-headers.ts.

import { createHash } from 'node:crypto';
import type { Element } from 'hast';
import { h } from 'hastscript';

/**
 * The inline `style` attributes that plotly writes while it draws; all others it sets through the DOM, which the
 * policy allows. Each is allowed by its hash, so every other inline style stays forbidden.
 */
const plotlyStyleAttributes = [
  '',
  'cursor:pointer',
  'font-size:70%',
  'font-style:italic',
  'font-style:italic;font-weight:bold',
  'font-weight:bold',
  'text-decoration:line-through',
  'text-decoration:underline',
  // Heatmaps as images.
  'image-rendering: optimizeSpeed; image-rendering: -moz-crisp-edges; image-rendering: -o-crisp-edges; image-rendering: -webkit-optimize-contrast; image-rendering: optimize-contrast; image-rendering: crisp-edges; image-rendering: pixelated; ',
];

/** A source expression of a Content-Security-Policy that allows exactly this text. */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The scripts, styles and form targets that a policy allows. */
export interface PolicySources {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  /** Where fonts come from. Default `'self'`. */
  readonly fonts?: 'data:';
  /** Default `'none'`. */
  readonly forms?: "'self'";
}

/** A Content-Security-Policy: only the listed sources run, and nothing is loaded from or sent to other origins. */
export function contentSecurityPolicy({ scripts, styles, fonts, forms }: PolicySources): string {
  const attributes = plotlyStyleAttributes.map(hashSource);
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    `style-src ${styles.join(' ')}`,
    `style-src-attr 'unsafe-hashes' ${attributes.join(' ')}`,
    "img-src 'self' data:",
    `font-src ${fonts ?? "'self'"}`,
    "connect-src 'self'",
    "base-uri 'none'",
    `form-action ${forms ?? "'none'"}`,
  ].join('; ');
}

const ours = { scripts: ["'self'"], styles: ["'self'"] } as const;

/** The policy as a `meta` element, for exported pages, which no server of ours sends. */
export function copyPolicy(): Element {
  return h('meta', { httpEquiv: 'Content-Security-Policy', content: contentSecurityPolicy(ours) });
}

/** The policy of the sign-in pages, which alone may send forms. */
export const formPolicy = `${contentSecurityPolicy({ ...ours, forms: "'self'" })}; frame-ancestors 'none'`;

/**
 * The headers of an embedded figure, in place of those of all other responses.
 *
 * @param ancestors - The origins that may frame it.
 */
export function embedHeaders(
  ancestors: readonly string[],
): Readonly<Record<string, string | undefined>> {
  return {
    'Content-Security-Policy': `${contentSecurityPolicy(ours)}; frame-ancestors ${ancestors.join(' ')}`,
    // Required by embedding pages with a Cross-Origin-Embedder-Policy.
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Frame-Options': undefined,
  };
}

/** The default policy of all pages. */
export const pagePolicy = `${contentSecurityPolicy(ours)}; frame-ancestors 'none'`;
