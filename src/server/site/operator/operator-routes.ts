// The page of operators and its forms.

import express, { type RequestHandler, type Response } from 'express';
import { addressKey, RateLimiter } from '../../../http/rate-limiter.js';
import { sendResponse, textResponse } from '../../../http/prepared-response.js';
import { auditFacts } from '../../access/access.js';
import { principalOf } from '../../access/principal.js';
import { formResources } from '../../parts/page-resources.js';
import { operatorPath } from '../../paths.js';
import type { PageSources } from '../page-sources.js';
import type { HandlerRoute } from '../route.js';
import { fieldOf } from '../sign-in/csrf-tokens.js';
import { SignInResponses, type SignInOptions } from '../sign-in/sign-in-responses.js';
import { operatorDocument, outcomeMessage } from './operator-document.js';
import {
  operatorActions,
  type Operator,
  type OperatorAction,
  type OperatorOutcome,
} from './operator.js';

/** Options of {@link operatorRoutes}. */
export interface OperatorOptions extends SignInOptions {
  readonly sources: PageSources;
  readonly operator: Operator;
}

/** The newest runs among which those at work are. */
const maxRuns = 20;

/** The routes of operators; they work without script. */
export function operatorRoutes(options: OperatorOptions): HandlerRoute[] {
  const { access, sources, operator } = options;
  const responses = new SignInResponses(options);
  const byPerson = new RateLimiter(30, 30);
  const readers = 'operators';
  const body = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 });
  const show: RequestHandler = async (request, response) => {
    const { audience } = principalOf(response);
    const view = {
      token: await responses.forms.token(response),
      operations: await sources.operationsCache.current(),
      runs: await sources.pipeline.readRuns(maxRuns),
      message: messageOf(request.query),
    };
    const frame = {
      ...sources.cache.bareFrame(audience),
      resources: formResources(sources.assets),
      notebooks: undefined,
    };
    await responses.page(response, 200, operatorDocument(view, frame));
  };
  const act: RequestHandler = async (request, response) => {
    const { viewer } = principalOf(response);
    const [action, name] = [actionOf(fieldOf(request, 'action')), fieldOf(request, 'name')];
    const wait = byPerson.take(`${addressKey(request.ip ?? '')} ${viewer?.name ?? ''}`);
    if (wait > 0) {
      const headers = { 'Retry-After': String(wait) };
      await sendResponse(response, textResponse(429, 'Too many at once.\n', headers));
      return;
    }
    if (action === undefined || viewer === undefined || !namePattern.test(name)) {
      await sendResponse(response, textResponse(400, 'This form says nothing that can be done.\n'));
      return;
    }
    const isOurs = await responses.forms.includes(request, response);
    const outcome = isOurs ? await operator.perform(action, name, viewer.name) : 'expired';
    access.audit.note({
      event: isOurs ? 'operate' : 'refused',
      ...auditFacts(response),
      path: operatorPath,
      detail: `${action} ${name}: ${outcome}`,
    });
    await show303(response, action, name, outcome);
  };
  const show303 = (
    response: Response,
    action: OperatorAction,
    name: string,
    outcome: OperatorOutcome | 'expired',
  ): Promise<void> => {
    const query = new URLSearchParams({ action, name, outcome });
    return responses.go(response, `${operatorPath}?${query.toString()}`);
  };
  return [
    {
      pattern: operatorPath,
      holds: 'Forms to pause, resume, run and stop schedules, and to cancel and retry',
      readers,
      handlers: [show],
    },
    {
      pattern: operatorPath,
      holds: 'Does what a form of operators says',
      method: 'post',
      readers,
      handlers: [body, act],
    },
  ];
}

/** What a name of the forms may be: a schedule, a number, `all`. */
const namePattern = /^[a-z0-9][a-z0-9_-]{0,59}$/;

function actionOf(text: string): OperatorAction | undefined {
  return operatorActions.find((action) => action === text);
}

/** The message for an address that a form led to; any other is without one. */
function messageOf(query: Readonly<Record<string, unknown>>): string | undefined {
  const text = (field: string): string => {
    const value = query[field];
    return typeof value === 'string' ? value : '';
  };
  const [known, name, outcome] = [actionOf(text('action')), text('name'), text('outcome')];
  const became = (['done', 'already', 'gone', 'expired'] as const).find((one) => one === outcome);
  if (known === undefined || became === undefined || !namePattern.test(name)) return undefined;
  return outcomeMessage(known, name, became);
}
