// Authorization of each request by the readers that its route declares.

import type { RequestHandler, Response } from 'express';
import { chosenPage } from '../../publication/choices.js';
import { auditFacts, identify, type Access } from '../access/access.js';
import type { Audience } from '../access/audience.js';
import { principalOf } from '../access/principal.js';
import type { PublicationState } from '../reading/publication-cache.js';
import type { Readers, Route } from './route.js';

/** What authorization depends on. */
export interface AuthorizeOptions {
  /** Undefined: nobody signs in, and every declared address is open. */
  readonly access: Access | undefined;
  readonly stateOf: (audience: Audience) => Promise<PublicationState | undefined>;
  /** Answers a denied request. */
  readonly refuse: (response: Response) => Promise<void>;
}

/**
 * Identifies the principal, and continues only if they may read the address. An address without declared readers
 * is closed to everybody.
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
  if (readers === undefined || (readers === 'operators' && audience.mayOperate !== true)) {
    return false;
  }
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
      // Where nothing is public the home page redirects to sign-in.
      return notebooks.length > 0;
    case 'internals':
    case 'operators':
      return state.seesInternals;
    case 'notebook':
      return typeof slug === 'string' && chosenPage({ notebooks }, slug) !== undefined;
  }
}
