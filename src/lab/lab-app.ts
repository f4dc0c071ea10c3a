// The lab's Express application: authentication, headers and errors around its routes.

import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { DaybookError, type ErrorCode } from '../errors.js';
import type { Logger } from '../logger.js';
import { escapeHtml } from '../text/escape-html.js';
import {
  checkAccess,
  cookieName,
  cookieValue,
  isAllowedHost,
  type AccessOptions,
  type Tickets,
} from './http/access.js';
import { labHeaders } from './http/headers.js';
import { isPagePath } from './front-end/page.js';
import { requestAddress } from '../http/request-address.js';
import { RequestError } from './http/request-error.js';

/** Routes below a path. */
export interface Mount {
  readonly path: string;
  readonly routes: RequestHandler;
}

/**
 * The HTTP side of the lab. Only `/api`, the server's version, is open to everybody who knows the host, for health
 * checks.
 */
export function createLabApp(
  mounts: readonly Mount[],
  access: AccessOptions,
  tickets: Tickets,
  logger: Logger,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(labHeaders);
  app.use(requireAccess(access, tickets));
  for (const { path, routes } of mounts) app.use(path, routes);
  app.use((request) => {
    throw new RequestError(404, `there is no ${request.method} ${request.path}`);
  });
  app.use(answerErrors(logger));
  return app;
}

function requireAccess(access: AccessOptions, tickets: Tickets): RequestHandler {
  return (request, response, next) => {
    const isKnownHost = isAllowedHost(request.headers.host, access);
    const { path, query } = requestAddress(request.url);
    const isVisit = isKnownHost && request.method === 'GET' && isPagePath(path);
    const hasTicket = isVisit && tickets.redeem(query.get('ticket') ?? '');
    const verdict = hasTicket ? 'token' : checkAccess(request, access);
    if (typeof verdict !== 'string' && !(isKnownHost && request.path === '/api')) {
      throw new RequestError(verdict.status, verdict.message);
    }
    const secrets = ['token', 'ticket'].filter((name) => query.has(name));
    if (verdict !== 'token' || !isVisit || secrets.length === 0) {
      next();
      return;
    }
    // The first visit: stores the credential in a cookie, and removes the secret from the address bar.
    for (const name of secrets) query.delete(name);
    const attributes = { httpOnly: true, sameSite: 'lax', path: '/' } as const;
    response.cookie(cookieName(request), cookieValue(access.token), attributes);
    response.redirect(303, query.size === 0 ? path : `${path}?${query.toString()}`);
  };
}

const answerErrors = (logger: Logger): ErrorRequestHandler => {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error); // the answer has begun: all that is left is to break it off
      return;
    }
    const { status, message } = describe(error);
    if (status >= 500) logger.error(message, { request: `${request.method} ${request.path}` });
    // An unread body would be taken for the next request.
    if (!request.complete) response.set('Connection', 'close');
    if (isPagePath(request.path) && request.accepts('html') !== false) {
      response.status(status).type('html').send(refusalPage(message));
    } else {
      response.status(status).json({ message, reason: null });
    }
  };
};

/** Errors that are the client's fault. */
const statusOf: Partial<Record<ErrorCode, number>> = { NOTEBOOK_INVALID: 400, KERNEL_UNKNOWN: 501 };

function describe(error: unknown): { status: number; message: string } {
  if (error instanceof RequestError) return { status: error.status, message: error.message };
  if (error instanceof DaybookError) {
    const status = statusOf[error.code] ?? 500;
    return { status, message: [error.message, error.hint].filter(Boolean).join('\n') };
  }
  if (error instanceof Error && 'syscall' in error && 'code' in error) {
    // The message contains a path on this disk, which clients must not see.
    const code = String(error.code);
    return systemFailures[code] ?? { status: 500, message: `the file system says ${code}` };
  }
  return { status: 500, message: error instanceof Error ? error.message : String(error) };
}

const notAllowed = { status: 403, message: 'the file system does not allow that' };
const wrongKind = { status: 400, message: 'that is a file and no folder, or the other way round' };
const diskFull = { status: 507, message: 'the disk is full: nothing was saved' };

/** Responses to errors of the file system, by their code. */
const systemFailures: Partial<Record<string, { status: number; message: string }>> = {
  ...{ EACCES: notAllowed, EPERM: notAllowed, EROFS: notAllowed },
  ...{ ENOTDIR: wrongKind, EISDIR: wrongKind },
  ENOENT: { status: 404, message: 'file or directory does not exist' },
  ...{ ENOSPC: diskFull, EDQUOT: diskFull },
  ENAMETOOLONG: { status: 400, message: 'the name is too long for the file system' },
};

const refusalPage = (message: string): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Daybook lab</title>
<h1>Not this way</h1><p>${escapeHtml(message)}.</p>
<p>Open the address that <code>daybook lab</code> printed in its terminal, with the token in it.</p>
</html>
`;
