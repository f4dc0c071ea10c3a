// Settings of JupyterLab's plugins.

import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import type { FrontEnd, PluginSchema } from './front-end.js';
import { RequestError } from '../http/request-error.js';
import { makeFolder } from '../../files/make-folder.js';

/** A plugin's settings, in the names of jupyterlab_server's settings API. */
export interface PluginSettings extends PluginSchema {
  readonly version: string;
  /** The analyst's settings, as JSON with comments; the front end parses and validates it. */
  readonly raw: string;
  readonly settings: Readonly<Record<string, never>>;
  readonly created: string | null;
  readonly last_modified: string | null;
}

/** Stores the analyst's settings of each plugin. */
export class SettingStore {
  readonly #frontEnd: FrontEnd;
  readonly #folder: string;

  /** @param folder - The folder of the analyst's settings; created on first use. */
  constructor(frontEnd: FrontEnd, folder: string) {
    this.#frontEnd = frontEnd;
    this.#folder = folder;
  }

  /** The settings of all plugins. */
  async list(): Promise<PluginSettings[]> {
    return Promise.all(this.#frontEnd.plugins.map((plugin) => this.get(plugin.id)));
  }

  /** @throws RequestError 404 when there is no such plugin. */
  async get(id: string): Promise<PluginSettings> {
    const plugin = this.#plugin(id);
    const path = this.#path(plugin);
    const file = await stat(path).catch(() => undefined);
    return {
      ...plugin,
      version: this.#frontEnd.version,
      raw: file === undefined ? '{}' : await readFile(path, 'utf8'),
      settings: {},
      created: file?.birthtime.toISOString() ?? null,
      last_modified: file?.mtime.toISOString() ?? null,
    };
  }

  /** Saves the analyst's settings of a plugin. */
  async save(id: string, raw: string): Promise<void> {
    const path = this.#path(this.#plugin(id));
    makeFolder(dirname(path));
    await writeAtomically(path, raw);
  }

  /** Only ids of the bundle are valid, so none leads to another file. */
  #plugin(id: string): PluginSchema {
    const plugin = this.#frontEnd.plugins.find((candidate) => candidate.id === id);
    if (plugin === undefined) throw new RequestError(404, `there are no settings of ${id}`);
    return plugin;
  }

  #path(plugin: PluginSchema): string {
    return join(this.#folder, `${plugin.id.replace(':', '/')}.jupyterlab-settings`);
  }
}
