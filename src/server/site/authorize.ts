import type { Exchange } from '../http/exchange.js';
import type { PublicationState } from '../reading/publication-cache.js';
import { auditFacts, identify, type Access } from '../access/access.js';
import type { Audience } from '../access/audience.js';

/** What the gate asks about the publication. */
export type StateOf = (audience: Audience) => Promise<PublicationState | undefined>;

/** Whether somebody may read: not so, because they have not signed in, or though they have. */
export type Verdict = 'open' | 'unknown-reader' | 'closed';

/** What everybody may have: Daybook's own files, probes, and signing in. */
const open = /^\/(?:assets\/[^/]+|healthz|readyz|sign-in(?:\/.*)?|sign-out|account)$/;

/** What holds only what its reader may read, whoever that is. */
const selected = /^\/(?:search\.js|feed\.atom|events|status\.json|metrics)?$/;

/** The areas whose pages say who reads them. */
const declared = new Set(['notebooks', 'embed', 'pipeline', 'data']);

/**
 * Looks who asks, and lets through only what they may read; by the address alone, so that a page that
 * is added later is closed until somebody says who reads it.
 */
export async function judge(
  access: Access,
  stateOf: StateOf,
  exchange: Exchange,
): Promise<Verdict> {
  await identify(access, exchange);
  const { path, response } = exchange;
  const { viewer, audience } = exchange.asker;
  if (open.test(path)) return 'open';
  const mayRead = await isOpenTo(audience, path, stateOf);
  if (viewer !== undefined && (path === '/' || !selected.test(path))) {
    response.on('finish', () => {
      access.audit.note({
        event: mayRead ? 'view' : 'refused',
        ...auditFacts(exchange),
        path: exchange.asked.slice(0, 500),
        status: response.statusCode,
      });
    });
  }
  if (mayRead) return 'open';
  return viewer === undefined ? 'unknown-reader' : 'closed';
}

async function isOpenTo(audience: Audience, path: string, stateOf: StateOf): Promise<boolean> {
  const [, area = '', name = ''] = path.split('/');
  if (selected.test(path)) {
    if (path !== '/' || audience.account !== 'sign-in') return true;
    // Without anything public, the home page is the sign-in page.
    const state = await stateOf(audience);
    return state === undefined || state.publication.notebooks.length > 0;
  }
  // Elsewhere there is nothing, which whoever has signed in may know.
  if (!declared.has(area)) return audience.account !== 'sign-in';
  const state = await stateOf(audience);
  // Nothing is known yet, so nothing can be shown.
  if (state === undefined) return true;
  if (area === 'pipeline' || area === 'data') return state.seesBehind;
  const slug = decoded(name);
  return state.publication.notebooks.some((notebook) => notebook.slug === slug);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
