import type { RequestHandler, Response } from 'express';
import { auditFacts, identify, type Access } from '../access/access.js';
import type { Audience } from '../access/audience.js';
import { principalOf } from '../access/principal.js';
import type { PublicationState } from '../reading/publication-cache.js';
import type { Readers, Route } from './route.js';

/** What authorization depends on. */
export interface AuthorizeOptions {
  /** Undefined: nobody signs in, and who reaches the dashboard reads all that is declared. */
  readonly access: Access | undefined;
  readonly stateOf: (audience: Audience) => Promise<PublicationState | undefined>;
  /** Responds to who may not read an address. */
  readonly refuse: (response: Response) => Promise<void>;
}

/**
 * Finds out who asks, and lets through only those who may read an address. An address for which no readers are
 * declared is closed to everybody.
 */
export function authorize(
  { readers, isForMachines = false }: Pick<Route, 'readers' | 'isForMachines'>,
  { access, stateOf, refuse }: AuthorizeOptions,
): RequestHandler {
  const isAudited = readers !== 'everybody' && readers !== 'selection';
  return async (request, response, next) => {
    if (access !== undefined) await identify(access, request, response, isForMachines);
    const { viewer, audience } = principalOf(response);
    const mayRead = await isReader(audience, readers, request.params['slug'], stateOf);
    if (access !== undefined && viewer !== undefined && isAudited) {
      response.on('finish', () => {
        access.audit.note({
          event: mayRead ? 'view' : 'refused',
          ...auditFacts(response),
          path: request.originalUrl.slice(0, 500),
          status: response.statusCode,
        });
      });
    }
    if (mayRead) next();
    else await refuse(response);
  };
}

async function isReader(
  audience: Audience,
  readers: Readers | undefined,
  slug: unknown,
  stateOf: AuthorizeOptions['stateOf'],
): Promise<boolean> {
  if (readers === undefined) return false;
  if (audience.account === undefined || readers === 'everybody' || readers === 'selection') {
    return true;
  }
  if (readers === 'home' && audience.account === 'account') return true;
  const state = await stateOf(audience);
  // Nothing is known yet, so nothing can be shown.
  if (state === undefined) return true;
  const { notebooks } = state.publication;
  switch (readers) {
    case 'home':
      // Without anything public, the home page is the sign-in page.
      return notebooks.length > 0;
    case 'internals':
      return state.seesInternals;
    case 'notebook':
      return notebooks.some((notebook) => notebook.slug === slug);
  }
}
