// Layouts of JupyterLab's windows.

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../files/atomic-write.js';
import { RequestError } from '../http/request-error.js';
import { makeFolder } from '../../files/make-folder.js';

/** A layout, which JupyterLab calls a workspace: its open tabs. */
export const layoutSchema = z.object({
  data: z.record(z.string(), z.unknown()),
  metadata: z.looseObject({ id: z.string() }),
});
export type Layout = z.output<typeof layoutSchema>;

const suffix = '.json';

/** Stores layouts by their ids. */
export class LayoutStore {
  readonly #folder: string;

  /** @param folder - Absolute; created on first use. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All saved layouts. */
  async list(): Promise<Layout[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const ids = names
      .filter((name) => name.endsWith(suffix))
      .map((name) => decodeURIComponent(name.slice(0, -suffix.length)));
    return Promise.all(ids.sort().map((id) => this.get(id)));
  }

  /** The layout of an id; empty when none was saved. */
  async get(id: string): Promise<Layout> {
    const text = await readFile(this.#path(id), 'utf8').catch(() => undefined);
    if (text === undefined) return { data: {}, metadata: { id } };
    return layoutSchema.parse(JSON.parse(text));
  }

  /** Saves a layout. */
  async save(id: string, layout: Layout): Promise<void> {
    makeFolder(this.#folder);
    await writeAtomically(this.#path(id), JSON.stringify(layout));
  }

  /** Deletes a layout. */
  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #path(id: string): string {
    // Encoded, any id is a single name.
    const name = encodeURIComponent(id);
    if (name === '' || name.length > 200) throw new RequestError(400, 'not the id of a layout');
    return join(this.#folder, name + suffix);
  }
}
