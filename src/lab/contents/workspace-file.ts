// Content of workspace files: size, type, text or base64.

import { constants } from 'node:fs';
import { access, open, stat, type FileHandle } from 'node:fs/promises';
import type { ContentsModel, SaveModel } from './contents-model.js';
import { contentTypeOf } from '../../http/content-type.js';
import { RequestError } from '../http/request-error.js';
import { nameOf, notFound, type WorkspacePath } from './workspace-path.js';

/** The largest file that is read into memory, in bytes: a string cannot hold more. */
const largestFile = 256 * 1024 * 1024;

/**
 * The model of an entry without content.
 *
 * @param path - The client's path.
 * @param real - The path on disk, links resolved.
 * @throws RequestError 404 for anything but a file or folder.
 */
export async function describeFile(path: WorkspacePath, real: string): Promise<ContentsModel> {
  const file = await stat(real);
  if (!file.isFile() && !file.isDirectory()) throw notFound(path);
  const writable = await access(real, constants.W_OK).then(
    () => true,
    () => false,
  );
  const name = nameOf(path);
  return {
    name,
    path,
    type: file.isDirectory() ? 'directory' : name.endsWith('.ipynb') ? 'notebook' : 'file',
    writable,
    created: file.birthtime.toISOString(),
    last_modified: file.mtime.toISOString(),
    size: file.isDirectory() ? null : file.size,
    mimetype: file.isDirectory() ? null : (contentTypeOf(name) ?? null),
    content: null,
    format: null,
    hash: null,
    hash_algorithm: null,
  };
}

/**
 * Opens a file for reading.
 *
 * @throws RequestError 404 when it is no file, or has just become a link.
 */
export async function openWorkspaceFile(real: string, path: WorkspacePath): Promise<FileHandle> {
  const file = await open(
    real,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ELOOP' || code === 'ENXIO') throw notFound(path); // a link; a socket
    throw error;
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw notFound(path);
}

/**
 * Reads a file.
 *
 * @throws RequestError 413 when it is too large for an editor.
 */
export async function readWorkspaceFile(real: string, path: WorkspacePath): Promise<Buffer> {
  const file = await openWorkspaceFile(real, path);
  try {
    const { size } = await file.stat();
    if (size > largestFile) {
      const megabytes = Math.round(size / 1024 / 1024);
      throw new RequestError(413, `${path} has ${megabytes} MB, too many for an editor`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * A file's bytes as the content of its model: text where they are UTF-8, otherwise base64.
 *
 * @param format - `text` or `base64` when the client requires it.
 * @throws RequestError 400 when text is required and the file is none.
 */
export function encodeContent(
  bytes: Buffer,
  format: string | undefined,
  path: WorkspacePath,
): { content: string; format: 'text' | 'base64' } {
  if (format !== 'base64') {
    try {
      return { content: new TextDecoder('utf-8', { fatal: true }).decode(bytes), format: 'text' };
    } catch (cause) {
      if (format === 'text') throw new RequestError(400, `${path} is not UTF-8 text`, cause);
    }
  }
  return { content: bytes.toString('base64'), format: 'base64' };
}

/** The bytes of a client's content. */
export function decodeContent(model: SaveModel, path: WorkspacePath): Buffer {
  if (typeof model.content !== 'string') {
    throw new RequestError(400, `no content for the file ${path}`);
  }
  return Buffer.from(model.content, model.format === 'base64' ? 'base64' : 'utf8');
}
