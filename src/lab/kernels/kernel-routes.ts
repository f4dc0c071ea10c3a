// Addresses of kernels, sessions and kernelspecs.

import { readdir } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import { Router } from 'express';
import { z } from 'zod';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import { filePolicy } from '../http/headers.js';
import type { Kernels } from './kernels.js';
import { RequestError } from '../http/request-error.js';
import { checkInput, readJsonBody, smallBody } from '../http/request-input.js';
import type { Sessions } from './sessions.js';

const kernelRequest = z.object({ name: z.string().optional(), path: z.string().default('') });
const optional = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const sessionRequest = z.object({
  path: optional,
  name: optional,
  type: optional,
  kernel: z.object({ id: optional, name: optional }).optional(),
});
const newSession = sessionRequest.extend({ path: z.string() });

/** `/api/kernels`, except the websockets. */
export function kernelRoutes(
  kernels: Kernels,
  folderOf: (path: string) => Promise<string>,
): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.json(kernels.list().map(({ model }) => model));
  });
  router.post('/', async (request, response) => {
    const { name, path } = checkInput(kernelRequest, await readJsonBody(request, smallBody));
    const kernel = await kernels.start(name, await folderOf(path));
    response.status(201).location(`/api/kernels/${kernel.id}`).json(kernel.model);
  });
  router.get('/:id', (request, response) => {
    response.json(kernels.get(request.params.id).model);
  });
  router.delete('/:id', async (request, response) => {
    await kernels.shutdown(request.params.id);
    response.status(204).end();
  });
  router.post('/:id/interrupt', async (request, response) => {
    await kernels.get(request.params.id).interrupt();
    response.status(204).end();
  });
  router.post('/:id/restart', async (request, response) => {
    const kernel = kernels.get(request.params.id);
    await kernel.restart();
    response.json(kernel.model);
  });
  return router;
}

/** `/api/sessions`. */
export function sessionRoutes(sessions: Sessions): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.json(sessions.list());
  });
  router.post('/', async (request, response) => {
    const session = await sessions.open(
      checkInput(newSession, await readJsonBody(request, smallBody)),
    );
    response.status(201).location(`/api/sessions/${session.id}`).json(session);
  });
  router.get('/:id', (request, response) => {
    response.json(sessions.get(request.params.id));
  });
  router.patch('/:id', async (request, response) => {
    const wanted = checkInput(sessionRequest, await readJsonBody(request, smallBody));
    response.json(await sessions.update(request.params.id, wanted));
  });
  router.delete('/:id', async (request, response) => {
    await sessions.remove(request.params.id);
    response.status(204).end();
  });
  return router;
}

/** `/api/kernelspecs`. */
export function kernelspecRoutes(kernels: Kernels): Router {
  const router = Router();
  router.get('/', async (_request, response) => {
    const specs = await kernels.specs();
    const models = await Promise.all(specs.map(specModel));
    response.json({
      default: specs[0].name,
      kernelspecs: Object.fromEntries(models.map((model) => [model.name, model])),
    });
  });
  router.get('/:name', async (request, response) => {
    response.json(await specModel(await findSpec(kernels, request.params.name)));
  });
  return router;
}

/** `/kernelspecs/NAME/FILE`: the logos of kernels, and no other file of their folders. */
export function kernelspecFileRoutes(kernels: Kernels): Router {
  const router = Router();
  router.get('/:name/:file', async (request, response) => {
    const { name, file } = request.params;
    const spec = await findSpec(kernels, name);
    if (spec.resourceDir === undefined || !(await logos(spec)).includes(file)) {
      throw new RequestError(404, `the kernel ${name} has no ${file}`);
    }
    response.set('Content-Security-Policy', filePolicy);
    response.type(extname(file)).sendFile(join(spec.resourceDir, file));
  });
  return router;
}

async function findSpec(kernels: Kernels, name: string): Promise<Kernelspec> {
  const spec = (await kernels.specs()).find((candidate) => candidate.name === name);
  if (spec === undefined) throw new RequestError(404, `there is no kernel "${name}"`);
  return spec;
}

/** A kernelspec for the API, without its environment, which may contain secrets. */
async function specModel(spec: Kernelspec) {
  const { name, displayName, language, argv, interruptMode } = spec;
  return {
    name,
    spec: {
      argv,
      display_name: displayName,
      language,
      interrupt_mode: interruptMode,
      env: {},
      metadata: {},
    },
    resources: Object.fromEntries(
      (await logos(spec)).map((file) => [
        parse(file).name,
        `/kernelspecs/${encodeURIComponent(name)}/${file}`,
      ]),
    ),
  };
}

async function logos({ resourceDir }: Kernelspec): Promise<string[]> {
  if (resourceDir === undefined) return [];
  const files = await readdir(resourceDir).catch(() => []);
  return files.filter((file) => /^logo-[\w-]+\.(png|svg)$/.test(file));
}
