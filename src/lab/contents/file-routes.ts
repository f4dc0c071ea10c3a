// `/files` of the lab.

import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Contents } from './contents.js';
import { decodePath } from './contents-routes.js';
import { contentTypeOf } from '../../http/content-type.js';
import { filePolicy } from '../http/headers.js';
import { nameOf } from './workspace-path.js';

/** `/files/PATH`: the bytes of a file, for pictures in notebooks, downloads and new tabs. */
export function fileRoutes(contents: Contents): Router {
  const router = Router();
  router.get('/*path', async (request, response) => {
    const path = decodePath(request.path);
    const type = contentTypeOf(nameOf(path)) ?? 'application/octet-stream';
    const { size, stream } = await contents.open(path);
    response.set({
      'Content-Security-Policy': filePolicy,
      'Content-Type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
      'Content-Length': String(size),
    });
    if (request.query['download'] !== undefined) {
      const name = encodeURIComponent(nameOf(path));
      response.set('Content-Disposition', `attachment; filename*=UTF-8''${name}`);
    }
    await pipeline(stream, response);
  });
  return router;
}
