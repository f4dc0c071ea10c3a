// Addresses of JupyterLab's pages, static files, settings and layouts.

import { join } from 'node:path';
import express, { Router } from 'express';
import { z } from 'zod';
import { pagePolicy } from '../http/headers.js';
import { layoutSchema, type LayoutStore } from './layout-store.js';
import { isPagePath, labPage, type PageOptions } from './page.js';
import { checkInput, readJsonBody, smallBody } from '../http/request-input.js';
import type { SettingStore } from './setting-store.js';

/** The largest layout, in bytes: it has a line for each open tab. */
const layoutLimit = 8 * 1024 * 1024;

/** What the routes of the front end depend on. */
export interface LabRoutesOptions extends Omit<PageOptions, 'path'> {
  readonly settings: SettingStore;
  readonly layouts: LayoutStore;
  /** The file of plotly's bundle, which the dashboard serves, too. */
  readonly plotlyFile: string;
  /** The folder of map outlines, which plotly would fetch from another server. */
  readonly mapFolder: string;
}

/** JupyterLab's pages, its static files and `/lab/api`. */
export function labRoutes(options: LabRoutesOptions): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.redirect('/lab');
  });
  router.use('/lab/static', staticFiles(options));
  router.use('/lab/api', labApiRoutes(options));
  router.get(/.*/, (request, response, next) => {
    if (!isPagePath(request.path)) {
      next();
      return;
    }
    response.set('Content-Security-Policy', pagePolicy(request.headers.host ?? ''));
    response.type('html').send(labPage({ ...options, path: request.path }));
  });
  return router;
}

/** The bundle's files; those with a hash in their name are immutable. */
function staticFiles({ frontEnd, plotlyFile, mapFolder }: LabRoutesOptions): Router {
  const router = Router();
  router.get('/plotly.js', (_request, response) => {
    response.set('Cache-Control', 'private, max-age=86400');
    response.sendFile(plotlyFile);
  });
  // Scopes that plotly cuts out of the world.
  router.get(/^\/maps\/(?:antarctica|oceania)_(50|110)m\.json$/, (request, response) => {
    response.sendFile(join(mapFolder, `world_${request.params[0] ?? '110'}m.json`));
  });
  router.use('/maps', express.static(mapFolder, { index: false, redirect: false }));
  router.use(
    express.static(join(frontEnd.folder, 'static'), {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders: (response) => {
        response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
      },
    }),
  );
  return router;
}

/** Settings, layouts, themes, languages and licences. */
function labApiRoutes({ frontEnd, settings, layouts }: LabRoutesOptions): Router {
  const router = Router();
  router.get('/settings', async (request, response) => {
    const all = await settings.list();
    const idsOnly = request.query['ids_only'] === 'true';
    response.json({ settings: idsOnly ? all.map(({ id }) => ({ id })) : all });
  });
  router.get('/settings/*id', async (request, response) => {
    response.json(await settings.get(request.params.id.join('/')));
  });
  router.put('/settings/*id', async (request, response) => {
    const { raw } = checkInput(
      z.object({ raw: z.string() }),
      await readJsonBody(request, smallBody),
    );
    await settings.save(request.params.id.join('/'), raw);
    response.status(204).end();
  });

  router.get('/workspaces', async (_request, response) => {
    const values = await layouts.list();
    response.json({ workspaces: { ids: values.map(({ metadata }) => metadata.id), values } });
  });
  router.get('/workspaces/*id', async (request, response) => {
    response.json(await layouts.get(request.params.id.join('/')));
  });
  router.put('/workspaces/*id', async (request, response) => {
    const layout = checkInput(layoutSchema, await readJsonBody(request, layoutLimit));
    await layouts.save(request.params.id.join('/'), layout);
    response.status(204).end();
  });
  router.delete('/workspaces/*id', async (request, response) => {
    await layouts.remove(request.params.id.join('/'));
    response.status(204).end();
  });

  router.use(
    '/themes',
    express.static(join(frontEnd.folder, 'themes'), { index: false, redirect: false }),
  );
  router.get('/translations', (_request, response) => {
    response.json({
      data: { en: { displayName: 'English', nativeName: 'English' } },
      message: '',
    });
  });
  router.get('/translations/:locale', (_request, response) => {
    response.json({ data: {}, message: '' });
  });
  router.get('/licenses', (_request, response) => {
    response.json({ bundles: { JupyterLab: { packages: frontEnd.licenses } } });
  });
  // Only the extension manager asks for listings, and there is none.
  router.get('/listings', (_request, response) => {
    response.json({ blocked_extensions: [], allowed_extensions: [] });
  });
  return router;
}
