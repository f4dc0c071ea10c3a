// `/api/contents`: addresses of notebooks, files and checkpoints. The upload limit (`saveLimit`) is enforced here;
// its default is in lab-server.ts.

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Json } from '../../nbformat/notebook.js';
import type { Contents } from './contents.js';
import type { ContentsModel } from './contents-model.js';
import { checkInput, decodePercent, readJsonBody, smallBody } from '../http/request-input.js';
import { parseWorkspacePath, type WorkspacePath } from './workspace-path.js';

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');
const query = z.object({
  type: z.string().optional(),
  format: z.enum(['text', 'base64', 'json']).optional(),
  content: flag.prefault('1'),
  hash: flag,
});
/** Clients may have types of their own; those are files. */
const contentsType = z.enum(['notebook', 'file', 'directory']).catch('file');
const saveModel = z.object({
  type: contentsType,
  format: z.enum(['json', 'text', 'base64']).nullish(),
  content: z.custom<Json | undefined>(() => true).optional(),
  chunk: z.int().nullish(),
});
const newModel = z.object({
  copy_from: z.string().optional(),
  type: contentsType,
  ext: z
    .string()
    .regex(/^(\.[\w.-]+)?$/, 'must be a file extension')
    .default(''),
});
const renameModel = z.object({ path: z.string().min(1) });

/**
 * The Contents API below `/api/contents`.
 *
 * @param saveLimit - The largest request that saves a file, in bytes.
 */
export function contentsRoutes(contents: Contents, saveLimit: number): Router {
  const router = Router();
  const checkpoints = /^(.*)\/checkpoints(?:\/([^/]+))?$/;
  router.use(async (request, response) => {
    const found = checkpoints.exec(request.path);
    const path = decodePath(found?.[1] ?? request.path);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const handler = found === null ? entryHandlers : checkpointHandlers;
    const handle = handler[method];
    if (handle === undefined) {
      response.status(405).set('Allow', Object.keys(handler).join(', ')).end();
    } else {
      await handle({ contents, path, checkpoint: found?.[2], saveLimit, request, response });
    }
  });
  return router;
}

interface Exchange {
  readonly contents: Contents;
  readonly path: WorkspacePath;
  /** The id of a checkpoint, when the address ends in one. */
  readonly checkpoint: string | undefined;
  readonly saveLimit: number;
  readonly request: Request;
  readonly response: Response;
}

type Handlers = Readonly<Record<string, (exchange: Exchange) => Promise<void>>>;

/** Handlers for a file or folder, by method. */
const entryHandlers: Handlers = {
  async GET({ contents, path, request, response }) {
    sendModel(response, 200, await contents.get(path, checkInput(query, request.query)));
  },
  async PUT({ contents, path, saveLimit, request, response }) {
    const { type, format, content, chunk } = checkInput(
      saveModel,
      await readJsonBody(request, saveLimit),
    );
    const existed = await contents.exists(path);
    const saved = await contents.save(path, {
      type,
      content,
      format: format ?? undefined,
      chunk: chunk ?? undefined,
    });
    sendModel(response, existed ? 200 : 201, saved);
  },
  async POST({ contents, path, request, response }) {
    const model = checkInput(newModel, await readJsonBody(request, smallBody));
    const made =
      model.copy_from === undefined
        ? await contents.create(path, model.type, model.ext)
        : await contents.copy(parseWorkspacePath(model.copy_from), path);
    sendModel(response, 201, made);
  },
  async PATCH({ contents, path, request, response }) {
    const model = checkInput(renameModel, await readJsonBody(request, smallBody));
    sendModel(response, 200, await contents.rename(path, parseWorkspacePath(model.path)));
  },
  async DELETE({ contents, path, response }) {
    await contents.delete(path);
    response.status(204).end();
  },
};

/** Handlers for a file's checkpoints, by method. */
const checkpointHandlers: Handlers = {
  async GET({ contents, path, response }) {
    response.json(await contents.listCheckpoints(path));
  },
  async POST({ contents, path, checkpoint, response }) {
    if (checkpoint === undefined) {
      response.status(201).json(await contents.createCheckpoint(path));
    } else {
      await contents.restoreCheckpoint(path);
      response.status(204).end();
    }
  },
  async DELETE({ contents, path, response }) {
    await contents.deleteCheckpoint(path);
    response.status(204).end();
  },
};

/** The path of an address, decoded once as a whole: `%2F` separates like `/`, and doubly encoded text stays a name. */
export function decodePath(encoded: string): WorkspacePath {
  return parseWorkspacePath(decodePercent(encoded));
}

function sendModel(response: Response, status: 200 | 201, model: ContentsModel): void {
  if (status === 201) {
    const encoded = model.path.split('/').map(encodeURIComponent).join('/');
    response.location(`/api/contents/${encoded}`);
  }
  response
    .status(status)
    .set('Last-Modified', new Date(model.last_modified).toUTCString())
    .json(model);
}
