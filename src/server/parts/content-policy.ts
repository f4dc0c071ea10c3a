import { createHash } from 'node:crypto';
import type { Element } from 'hast';
import { h } from 'hastscript';

/**
 * The `style` attributes that plotly sets while it draws. Everything else that it styles it sets
 * through the DOM, which the policy allows; these few, it writes as attributes. Allowing them one by one
 * keeps all other inline styles out.
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

/** A source of a Content-Security-Policy that allows exactly this text. */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** What a policy allows to run and to style a page, and where its forms go. */
export interface PolicySources {
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  /** Default nowhere. */
  readonly forms?: "'self'";
}

/**
 * The Content-Security-Policy of pages: what is listed may run, nothing else; nothing is loaded from or
 * sent to elsewhere.
 */
export function contentSecurityPolicy({ scripts, styles, forms }: PolicySources): string {
  const attributes = plotlyStyleAttributes.map(hashSource);
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    `style-src ${styles.join(' ')}`,
    `style-src-attr 'unsafe-hashes' ${attributes.join(' ')}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    `form-action ${forms ?? "'none'"}`,
  ].join('; ');
}

const ours = { scripts: ["'self'"], styles: ["'self'"] } as const;

/** The policy of pages that no server of ours sends: it stands in each of them. */
export function copyPolicy(): Element {
  return h('meta', { httpEquiv: 'Content-Security-Policy', content: contentSecurityPolicy(ours) });
}

/** The policy of the pages that sign in and out: their forms, and no others, may be sent. */
export const formPolicy = `${contentSecurityPolicy({ ...ours, forms: "'self'" })}; frame-ancestors 'none'`;

/**
 * Headers of a single figure that other sites may frame, instead of those of every response.
 *
 * @param ancestors - Origins of these sites.
 */
export function embedHeaders(
  ancestors: readonly string[],
): Readonly<Record<string, string | undefined>> {
  return {
    'Content-Security-Policy': `${contentSecurityPolicy(ours)}; frame-ancestors ${ancestors.join(' ')}`,
    // Pages that ask for it of all they embed (COEP) may show it, too.
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Frame-Options': undefined,
  };
}

/** The policy of every page that says no other. */
export const pagePolicy = `${contentSecurityPolicy(ours)}; frame-ancestors 'none'`;
