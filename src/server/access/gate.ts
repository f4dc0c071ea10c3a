import type { Request, RequestHandler, Response } from 'express';
import type { PublicationState } from '../publication-cache.js';
import { askerOf, auditFacts, identify, type Access } from './access.js';
import type { Audience } from './audience.js';

/** What the gate asks about the publication. */
export type StateOf = (audience: Audience) => Promise<PublicationState | undefined>;

/** What the gate is made of. */
export interface GateOptions {
  readonly access: Access;
  readonly stateOf: StateOf;
  readonly basePath: string;
  /** Answers who has signed in and may not read. */
  readonly notFound: RequestHandler;
}

/** What everybody may have: Daybook's own files, probes, and signing in. */
const open = /^\/(?:assets\/[^/]+|healthz|readyz|sign-in(?:\/.*)?|sign-out|account)$/;

/** What holds only what its reader may read, whoever that is. */
const selected = /^\/(?:search\.js|feed\.atom|events|status\.json|metrics)?$/;

/**
 * Lets through only what may be read; by the address alone, so that a page that is added later is
 * closed until somebody says who reads it. Whether something is hidden or not there is not told apart:
 * who has not signed in is asked to, and who has finds nothing.
 */
export function accessGate({ access, stateOf, basePath, notFound }: GateOptions): RequestHandler {
  return async (request, response, next) => {
    await identify(access, request, response);
    const { viewer, audience } = askerOf(response);
    response.vary('Cookie');
    if (open.test(request.path)) {
      next();
      return;
    }
    const mayRead = await isOpenTo(audience, request.path, stateOf);
    if (viewer !== undefined) {
      response.on('finish', () => {
        if (selected.test(request.path) && request.path !== '/') return;
        access.audit.note({
          event: mayRead ? 'view' : 'refused',
          ...auditFacts(request, response),
          path: request.originalUrl.slice(0, 500),
          status: response.statusCode,
        });
      });
    }
    if (mayRead) next();
    else if (viewer !== undefined) await notFound(request, response, next);
    else askToSignIn(request, response, basePath);
  };
}

/** Sends browsers to the sign-in page; programs learn that they must sign in. */
function askToSignIn(request: Request, response: Response, basePath: string): void {
  const wantsPage = request.accepts(['html', 'json', 'text']) === 'html';
  response.setHeader('Cache-Control', 'no-store');
  if (wantsPage) {
    response.redirect(303, `${basePath}/sign-in?to=${encodeURIComponent(request.url)}`);
  } else {
    response
      .status(401)
      .setHeader('Content-Type', 'text/plain; charset=utf-8')
      .end('Sign in to read this.\n');
  }
}

async function isOpenTo(audience: Audience, path: string, stateOf: StateOf): Promise<boolean> {
  const [, area = '', name = ''] = path.split('/');
  if (selected.test(path)) {
    if (path !== '/' || audience.account !== 'sign-in') return true;
    // Without anything public, the home page is the sign-in page.
    const state = await stateOf(audience);
    return state === undefined || state.publication.notebooks.length > 0;
  }
  if (area === 'pipeline' || area === 'data') return audience.seesBehind;
  if (area !== 'notebooks' && area !== 'embed') return audience.account !== 'sign-in';
  const state = await stateOf(audience);
  // Nothing is known yet, so nothing can be shown.
  if (state === undefined) return true;
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
