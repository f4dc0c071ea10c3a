import type { Response } from 'express';
import { setReadership } from '../../http/prepared-response.js';
import { everybody, type Audience } from './audience.js';
import type { Viewer } from './sessions.js';

/** What the server knows of who asks. */
export interface Principal {
  /** Undefined: has not signed in. */
  readonly viewer: Viewer | undefined;
  /** Those who see the same. */
  readonly audience: Audience;
}

/** Who asks where nobody signs in. */
const anybody: Principal = { viewer: undefined, audience: everybody };

/** Keeps who asks for the rest of a request. */
export function setPrincipal(response: Response, principal: Principal): void {
  const { viewer, audience } = principal;
  response.locals['principal'] = principal;
  if (viewer !== undefined) setReadership(response, 'one-person');
  else if (audience.account !== undefined) setReadership(response, 'by-cookie');
}

/** Who sent the request of this response. */
export function principalOf(response: Response): Principal {
  return (response.locals['principal'] as Principal | undefined) ?? anybody;
}
