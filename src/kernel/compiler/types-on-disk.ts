// The types of a notebook's project as they are on the disk, read again when they have changed.

import { readFileSync } from 'node:fs';
import { findProjectTypes } from '../../files/project-types.js';
import { parseProjectTypes, type ProjectTypes } from '../../row-types/project-types.js';

/** The types of a project as a file, and as they were read. */
export interface ReadTypes {
  readonly path: string;
  readonly text: string;
  readonly types: ProjectTypes;
}

/** The types of the project that a folder belongs to; what has not changed is not parsed again. */
export class TypesOnDisk {
  readonly #folder: string;
  #known: ReadTypes | undefined;

  /** @param folder - The notebook's, absolute. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The types as they are now; undefined: the project has none. */
  read(): ReadTypes | undefined {
    const path = findProjectTypes(this.#folder);
    if (path === undefined) return undefined;
    const text = readFileSync(path, 'utf8');
    if (this.#known?.text !== text || this.#known.path !== path) {
      this.#known = { path, text, types: parseProjectTypes(text) };
    }
    return this.#known;
  }
}
