// Imports of cells: resolution and loading of modules.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';
import type { ProjectImports } from '../../cells/emit/project-module.js';
import { isOwnModule, renamedImport } from '../../cells/missing-module.js';
import type { ProjectLoader } from './project-loader.js';

type Namespace = Readonly<Record<string, unknown>>;
type Import = (specifier: string) => Promise<Namespace>;

/** Imports modules for cells, relative to the notebook's folder. */
export class ModuleImporter {
  readonly #folder: string;
  readonly #importFromFolder: Import;
  readonly #loader: ProjectLoader;

  constructor(folder: string, loader: ProjectLoader) {
    this.#folder = folder;
    this.#loader = loader;
    // Node's own import, as from a file of that folder.
    this.#importFromFolder = new Script('(specifier) => import(specifier)', {
      filename: join(folder, 'notebook.mjs'),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }).runInThisContext() as Import;
    // The first use prints a warning about the experimental loader.
    const warn = Object.getOwnPropertyDescriptor(process, 'emitWarning');
    process.emitWarning = () => undefined;
    void this.#importFromFolder('node:path');
    if (warn !== undefined) Object.defineProperty(process, 'emitWarning', warn);
  }

  /** The result of `import(specifier)` in a cell. */
  async load(specifier: string, imports: ProjectImports): Promise<Namespace> {
    const path = imports.specifiers[specifier];
    if (path !== undefined) return this.#importFromFolder(this.#loader.urlOf(path));
    if (/^(\.{1,2}\/|\/|file:).*\.json$/.test(specifier)) return this.#json(specifier);
    try {
      return await this.#importFromFolder(specifier);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const advice = renamedImport(specifier);
      if (advice !== undefined) throw new Error(advice, { cause: error });
      if (!isOwnModule(specifier)) throw error;
      // Our own modules also resolve for notebooks outside of a project.
      return (await import(specifier)) as Namespace;
    }
  }

  /**
   * The values of `import { imported as local } from specifier`, by their local names. Exports of a CommonJS
   * module are found even where Node.js cannot know them before it runs.
   *
   * @throws SyntaxError when the module has no such export.
   */
  async bind(
    specifier: string,
    names: Readonly<Record<string, string>>,
    imports: ProjectImports,
  ): Promise<Record<string, unknown>> {
    const module = await this.load(specifier, imports);
    const fallback = module['default'];
    const bound: Record<string, unknown> = {};
    for (const [local, imported] of Object.entries(names)) {
      if (imported === '*') bound[local] = module;
      else if (imported in module) bound[local] = module[imported];
      else if (isRecord(fallback) && imported in fallback) bound[local] = fallback[imported];
      else {
        throw new SyntaxError(`The module "${specifier}" does not export "${imported}".`);
      }
    }
    return bound;
  }

  /** JSON files are read again each time, and need no `with { type: 'json' }`. */
  async #json(specifier: string): Promise<Namespace> {
    const url = new URL(specifier, pathToFileURL(join(this.#folder, 'notebook.mjs')));
    const value = JSON.parse(await readFile(fileURLToPath(url), 'utf8')) as unknown;
    return isRecord(value) ? { ...value, default: value } : { default: value };
  }
}

function isNotFound(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_MODULE_NOT_FOUND';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
