// Reading, saving, copying, renaming, deleting of workspace files.

import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import type { ReadStream, Stats } from 'node:fs';
import { parse } from 'node:path';
import type { Json } from '../../nbformat/notebook.js';
import { formatNotebook } from '../../nbformat/write-notebook.js';
import { writeAtomically } from '../../files/atomic-write.js';
import type { CompanionFiles } from './companion-files.js';
import type { ContentsModel, ContentsQuery, ContentsType, SaveModel } from './contents-model.js';
import { emptyNotebook, readNotebookFile, toNotebook } from './notebook-file.js';
import { notebookDigest, withoutTrust, withTrust } from './notebook-trust.js';
import { RequestError } from '../http/request-error.js';
import { Uploads } from './uploads.js';
import {
  decodeContent,
  describeFile,
  encodeContent,
  openWorkspaceFile,
  readWorkspaceFile,
} from './workspace-file.js';
import {
  childOf,
  entryExists,
  isEntry,
  isVisibleName,
  nameOf,
  notFound,
  type WorkspaceFolder,
  type WorkspacePath,
} from './workspace-path.js';

/** A checkpoint of a file; each file has at most one, always with the same id. */
export interface Checkpoint {
  id: 'checkpoint';
  /** ISO 8601. */
  last_modified: string;
}

/** The notebooks, files and folders of a workspace, as in jupyter_server's Contents API. */
export class Contents {
  readonly #folder: WorkspaceFolder;
  readonly #companions: CompanionFiles;
  readonly #uploads = new Uploads();

  constructor(folder: WorkspaceFolder, companions: CompanionFiles) {
    this.#folder = folder;
    this.#companions = companions;
  }

  /** An entry, with its content when the query asks for it. */
  async get(path: WorkspacePath, query: ContentsQuery): Promise<ContentsModel> {
    const real = await this.#folder.resolve(path);
    const model = await describeFile(path, real);
    if (model.type === 'directory' || query.type === 'directory') {
      if (model.type !== (query.type ?? 'directory')) {
        throw new RequestError(400, `${path} is a ${model.type}, not a ${query.type ?? ''}`);
      }
      if (!query.content) return model;
      return { ...model, content: await this.#list(path, real), format: 'json' };
    }
    if (query.type === 'file' || query.type === 'notebook') model.type = query.type;
    if (!query.content && !query.hash) return model;

    const bytes = await readWorkspaceFile(real, path);
    if (query.hash) {
      model.hash = createHash('sha256').update(bytes).digest('hex');
      model.hash_algorithm = 'sha256';
    }
    if (!query.content) return model;
    if (model.type === 'notebook') {
      const notebook = withTrust(readNotebookFile(bytes, path), await this.#isTrusted(path, bytes));
      return { ...model, content: notebook as unknown as Json, format: 'json' };
    }
    const content = encodeContent(bytes, query.format, path);
    const mimetype = content.format === 'text' ? 'text/plain' : 'application/octet-stream';
    return { ...model, ...content, mimetype: model.mimetype ?? mimetype };
  }

  /** Opens a file for streaming. */
  async open(path: WorkspacePath): Promise<{ size: number; stream: ReadStream }> {
    const file = await openWorkspaceFile(await this.#folder.resolve(path), path);
    const { size } = await file.stat();
    return { size, stream: file.createReadStream() };
  }

  /** Whether an entry exists. */
  async exists(path: WorkspacePath): Promise<boolean> {
    return path === '' || entryExists(await this.#folder.resolveEntry(path));
  }

  /** Writes a file atomically, or creates a folder; returns its model without content. */
  async save(path: WorkspacePath, model: SaveModel): Promise<ContentsModel> {
    if (model.type === 'directory') {
      const entry = await this.#folder.resolveEntry(path);
      if (!(await entryExists(entry))) await mkdir(entry);
      return this.get(path, { type: 'directory', content: false, hash: false });
    }
    const target = await this.#target(path);
    if (model.type === 'notebook') {
      const { notebook, trusted } = withoutTrust(toNotebook(model.content, path));
      const file = formatNotebook(notebook);
      await writeAtomically(target, file);
      await this.#setTrusted(path, trusted ? notebookDigest(file) : undefined);
    } else {
      const bytes = decodeContent(model, path);
      if (model.chunk === undefined) await writeAtomically(target, bytes);
      else {
        const file = await this.#uploads.add(target, bytes, model.chunk);
        if (file !== target) return describeFile(path, file);
      }
    }
    return this.get(path, { type: model.type, content: false, hash: true });
  }

  /** Creates an empty entry with a free name like Jupyter's. */
  async create(folder: WorkspacePath, type: ContentsType, ext: string): Promise<ContentsModel> {
    const [stem, suffix] = {
      notebook: ['Untitled', '.ipynb'],
      file: ['untitled', ext],
      directory: ['Untitled Folder', ''],
    }[type] as [string, string];
    const space = type === 'directory' ? ' ' : '';
    const path = await this.#freePath(folder, stem, suffix, (count) => `${space}${count}`);
    if (type === 'directory') return this.save(path, { type });
    if (type === 'file') return this.save(path, { type, format: 'text', content: '' });
    return this.save(path, { type, format: 'json', content: emptyNotebook as unknown as Json });
  }

  /** Copies a file or folder into a folder, as `NAME-Copy1.EXT` when the name is taken. */
  async copy(from: WorkspacePath, folder: WorkspacePath): Promise<ContentsModel> {
    const source = await this.#folder.resolve(from);
    await describeFile(from, source);
    const { name, ext } = parse(nameOf(from));
    const path = await this.#freePath(folder, name, ext, (count) => `-Copy${count}`);
    await cp(source, await this.#folder.resolveEntry(path), {
      recursive: true,
      errorOnExist: true,
      force: false,
      verbatimSymlinks: true,
      filter: async (entry) => isEntry(await lstat(entry)),
    });
    return this.get(path, { content: false, hash: false });
  }

  /** Renames or moves an entry. */
  async rename(from: WorkspacePath, to: WorkspacePath): Promise<ContentsModel> {
    if (from !== to) {
      const source = await this.#folder.resolveEntry(from);
      const target = await this.#folder.resolveEntry(to);
      await requireEntry(source, from);
      // On a file system that ignores case, the target of Churn → churn is the source itself.
      const taken = (await entryExists(target)) && !(await isSameFile(source, target));
      if (taken) throw new RequestError(409, `${to} exists already`);
      await rename(source, target);
      await this.#companions.move(from, to);
    }
    return this.get(to, { content: false, hash: false });
  }

  /** Deletes a file, a link, or an empty folder. */
  async delete(path: WorkspacePath): Promise<void> {
    const entry = await this.#folder.resolveEntry(path);
    const stats = await requireEntry(entry, path);
    if (!stats.isDirectory()) await rm(entry);
    else {
      await rmdir(entry).catch((cause: unknown) => {
        throw new RequestError(400, `the folder ${path} is not empty`, cause);
      });
    }
    await this.#companions.remove(path);
  }

  /** The checkpoints of a file: one or none. */
  async listCheckpoints(path: WorkspacePath): Promise<Checkpoint[]> {
    const file = await stat(this.#companions.pathOf(path, 'checkpoint')).catch(() => undefined);
    return file === undefined
      ? []
      : [{ id: 'checkpoint', last_modified: file.mtime.toISOString() }];
  }

  /** Replaces the file's checkpoint by its current content. */
  async createCheckpoint(path: WorkspacePath): Promise<Checkpoint> {
    const bytes = await readWorkspaceFile(await this.#folder.resolve(path), path);
    await writeAtomically(this.#companions.prepare(path, 'checkpoint'), bytes);
    return { id: 'checkpoint', last_modified: new Date().toISOString() };
  }

  /** Restores the file from its checkpoint. */
  async restoreCheckpoint(path: WorkspacePath): Promise<void> {
    const target = await this.#target(path);
    await writeAtomically(target, await this.#checkpoint(path));
  }

  /** Deletes the checkpoint. */
  async deleteCheckpoint(path: WorkspacePath): Promise<void> {
    await this.#checkpoint(path);
    await rm(this.#companions.pathOf(path, 'checkpoint'));
  }

  /** Deletes incomplete uploads. */
  async close(): Promise<void> {
    await this.#uploads.close();
  }

  /** The file that a save writes: the target of a link, or a new file. */
  async #target(path: WorkspacePath): Promise<string> {
    const entry = await this.#folder.resolveEntry(path);
    if (!(await entryExists(entry))) return entry;
    const real = await this.#folder.resolve(path);
    if (!(await stat(real)).isFile()) throw new RequestError(400, `${path} is not a file`);
    return real;
  }

  async #freePath(
    folder: WorkspacePath,
    stem: string,
    suffix: string,
    counter: (count: number) => string,
  ): Promise<WorkspacePath> {
    for (let count = 0; ; count += 1) {
      const path = childOf(folder, `${stem}${count === 0 ? '' : counter(count)}${suffix}`);
      if (!(await entryExists(await this.#folder.resolveEntry(path)))) return path;
    }
  }

  async #list(folder: WorkspacePath, real: string): Promise<ContentsModel[]> {
    const names = (await readdir(real)).filter(isVisibleName);
    const models = await Promise.all(
      names.map(async (name) => {
        const path = childOf(folder, name);
        try {
          return await describeFile(path, await this.#folder.resolve(path));
        } catch {
          return undefined; // a link that leads nowhere or outside, a socket, or deleted meanwhile
        }
      }),
    );
    return models.filter((model) => model !== undefined);
  }

  async #checkpoint(path: WorkspacePath): Promise<Buffer> {
    return readFile(this.#companions.pathOf(path, 'checkpoint')).catch((cause: unknown) => {
      throw new RequestError(404, `${path} has no checkpoint`, cause);
    });
  }

  async #isTrusted(path: WorkspacePath, bytes: Buffer): Promise<boolean> {
    const known = await readFile(this.#companions.pathOf(path, 'trusted'), 'utf8').catch(() => '');
    return known === notebookDigest(bytes);
  }

  async #setTrusted(path: WorkspacePath, digest: string | undefined): Promise<void> {
    const file = this.#companions.prepare(path, 'trusted');
    if (digest === undefined) await rm(file, { force: true });
    else await writeAtomically(file, digest);
  }
}

/** The kind of an entry. @throws RequestError 404 when it does not exist. */
async function requireEntry(entry: string, path: WorkspacePath): Promise<Stats> {
  const stats = await lstat(entry).catch(() => undefined);
  if (stats === undefined || !isEntry(stats)) throw notFound(path);
  return stats;
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([lstat(one), lstat(other)]);
  return a.ino === b.ino && a.dev === b.dev;
}
