// The principal of a request: the viewer who sent it and their audience.

import type { Response } from 'express';
import { setReadership } from '../../http/prepared-response.js';
import { everybody, type Audience } from './audience.js';
import type { Viewer } from './sessions.js';

/** Who sends a request, as far as the server knows. */
export interface Principal {
  /** Undefined: not signed in. */
  readonly viewer: Viewer | undefined;
  /** Determines what the principal may read. */
  readonly audience: Audience;
}

/** The principal of every request where nobody signs in. */
const anybody: Principal = { viewer: undefined, audience: everybody };

/** Keeps the principal with the response, and sets who may cache it. */
export function setPrincipal(response: Response, principal: Principal): void {
  const { viewer, audience } = principal;
  response.locals['principal'] = principal;
  if (viewer !== undefined) setReadership(response, 'one-person');
  else if (audience.account !== undefined) setReadership(response, 'by-cookie');
}

/** The principal of the request that this response belongs to. */
export function principalOf(response: Response): Principal {
  return (response.locals['principal'] as Principal | undefined) ?? anybody;
}
