import { Router } from 'express';

/** The release of jupyter_server whose API this is; clients decide by it what they can ask for. */
const apiVersion = '2.20.0';

/** `/api`: what the server is, who asks, and what it does not have. */
export function apiRoutes(): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.json({ version: apiVersion });
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
  // No conversion and no terminals: there are no formats, and there is nothing to list.
  router.get('/nbconvert', (_request, response) => {
    response.json({});
  });
  return router;
}
