// Sessions: which document has which kernel.

import { randomUUID } from 'node:crypto';
import type { KernelModel } from './hosted-kernel.js';
import type { Kernels } from './kernels.js';
import { RequestError } from '../http/request-error.js';

/** A document and its kernel, in the names of jupyter_server's sessions API. */
export interface SessionModel {
  readonly id: string;
  /** The document's path in the workspace, or any id that a client made up. */
  readonly path: string;
  readonly name: string;
  /** Like `notebook` or `console`. */
  readonly type: string;
  readonly kernel: KernelModel;
  /** For older clients. */
  readonly notebook: { readonly path: string; readonly name: string };
}

interface Session {
  id: string;
  path: string;
  name: string;
  type: string;
  kernelId: string;
}

/** A kernel that runs, by its id, or a new one, by its name. */
interface RequestedKernel {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** A client's request for a session. */
export interface SessionRequest {
  readonly path?: string | undefined;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly kernel?: RequestedKernel | undefined;
}

/** Sessions of documents. A session ends with its kernel. */
export class Sessions {
  readonly #kernels: Kernels;
  readonly #folderOf: (path: string) => Promise<string>;
  readonly #sessions = new Map<string, Session>();
  /** Sessions that are being created, by path: two windows with one document share its kernel. */
  readonly #starting = new Map<string, Promise<SessionModel>>();

  /** @param folderOf - The working folder of a document's kernel. */
  constructor(kernels: Kernels, folderOf: (path: string) => Promise<string>) {
    this.#kernels = kernels;
    this.#folderOf = folderOf;
  }

  list(): SessionModel[] {
    return [...this.#sessions.values()]
      .map((session) => this.#model(session))
      .filter((model) => model !== undefined);
  }

  /** @throws RequestError 404 when there is no such session, or its kernel ended. */
  get(id: string): SessionModel {
    const session = this.#sessions.get(id);
    const model = session === undefined ? undefined : this.#model(session);
    if (model === undefined) throw new RequestError(404, `there is no session ${id}`);
    return model;
  }

  /** The session of a document: its existing or a new one. */
  async open(request: SessionRequest & { path: string }): Promise<SessionModel> {
    const existing = this.list().find(({ path }) => path === request.path);
    if (existing !== undefined) return existing;
    const starting = this.#starting.get(request.path) ?? this.#create(request);
    this.#starting.set(request.path, starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(request.path);
    }
  }

  /** Updates a session's document or kernel; the previous kernel is ended. */
  async update(id: string, request: SessionRequest): Promise<SessionModel> {
    const before = this.get(id);
    const kernelId = await this.#kernelFor(request.kernel, before.path, before.kernel.id);
    this.#sessions.set(id, {
      id,
      path: request.path ?? before.path,
      name: request.name ?? before.name,
      type: request.type ?? before.type,
      kernelId,
    });
    if (kernelId !== before.kernel.id && this.#kernels.find(before.kernel.id) !== undefined) {
      await this.#kernels.shutdown(before.kernel.id);
    }
    return this.get(id);
  }

  /** Ends a session and its kernel. */
  async remove(id: string): Promise<void> {
    const { kernel } = this.get(id);
    this.#sessions.delete(id);
    await this.#kernels.shutdown(kernel.id);
  }

  async #create(request: SessionRequest & { path: string }): Promise<SessionModel> {
    const { path, name = '', type = 'notebook' } = request;
    const kernelId = await this.#kernelFor(request.kernel ?? {}, path, undefined);
    const id = randomUUID();
    this.#sessions.set(id, { id, path, name, type, kernelId });
    return this.get(id);
  }

  /** The id of the requested kernel: a running one by id, or a new one by name. */
  async #kernelFor(
    wanted: SessionRequest['kernel'],
    path: string,
    current: string | undefined,
  ): Promise<string> {
    if (wanted?.id !== undefined) return this.#kernels.get(wanted.id).id;
    if (current !== undefined && wanted?.name === undefined) return current;
    return (await this.#kernels.start(wanted?.name, await this.#folderOf(path))).id;
  }

  /** Undefined, and removed, when its kernel has ended. */
  #model({ kernelId, ...session }: Session): SessionModel | undefined {
    const kernel = this.#kernels.find(kernelId);
    if (kernel === undefined) {
      this.#sessions.delete(session.id);
      return undefined;
    }
    return {
      ...session,
      kernel: kernel.model,
      notebook: { path: session.path, name: session.name },
    };
  }
}
