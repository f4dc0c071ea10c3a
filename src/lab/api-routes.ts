// `/api` of the lab: version, status, identity.

import { Router } from 'express';
import type { Kernels } from './kernels/kernels.js';

/** The release of jupyter_server whose API is implemented; clients choose their requests by it. */
const apiVersion = '2.20.0';

/** `/api`: version, status, identity, and empty lists of what the server does not have. */
export function apiRoutes(kernels: Kernels, now: () => Date = () => new Date()): Router {
  const router = Router();
  const started = now().toISOString();
  router.get('/', (_request, response) => {
    response.json({ version: apiVersion });
  });
  router.get('/status', (_request, response) => {
    const models = kernels.list().map(({ model }) => model);
    response.json({
      started,
      last_activity: models.map((model) => model.last_activity).reduce(latest, started),
      kernels: models.length,
      connections: models.reduce((sum, { connections }) => sum + connections, 0),
    });
  });
  router.get('/me', (_request, response) => {
    const identity = {
      username: 'analyst',
      name: 'Analyst',
      display_name: 'Analyst',
      initials: 'A',
      avatar_url: null,
      color: null,
    };
    response.json({ identity, permissions: {} });
  });
  // No conversion: the list of formats is empty.
  router.get('/nbconvert', (_request, response) => {
    response.json({});
  });
  return router;
}

/** The later of two instants in ISO 8601. */
function latest(one: string, other: string): string {
  return one > other ? one : other;
}
