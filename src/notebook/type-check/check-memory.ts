// The cache of passed type checks.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import { snapshotName } from '../../cells/compiler/snapshot.js';
import { findProjectTypes, findTsconfig } from '../../files/project-types.js';
import { joinText } from '../../nbformat/notebook.js';
import { digest, type CodeInputs } from '../plan/notebook-inputs.js';
import { sqlMetadata } from '../../nbformat/sql-language.js';
import { isRunnable } from '../document/execution-metadata.js';
import {
  nothingFound,
  type CheckedNotebook,
  type NotebookToCheck,
} from '../document/type-problem.js';

/** The most remembered notebooks. */
const remembered = 500;

/**
 * Notebooks that passed the type check, by a key of all its inputs: a notebook that runs again only because of new
 * data need not be checked again. The file is in the cache folder, and may be deleted at any time.
 */
export class CheckMemory {
  readonly #file: string;
  readonly #known: Map<string, CheckedNotebook['typeImports']>;
  #hasChanged = false;

  /** @param home - DAYBOOK_HOME, absolute. */
  constructor(home: string) {
    this.#file = join(home, 'cache', 'type-checks.json');
    this.#known = new Map(Object.entries(read(this.#file)));
  }

  /** The result of the check; undefined: not known to have passed. */
  recall(key: string | undefined): CheckedNotebook | undefined {
    const typeImports = key === undefined ? undefined : this.#known.get(key);
    return typeImports === undefined ? undefined : { ...nothingFound, typeImports };
  }

  /** Remembers a result. */
  remember(key: string | undefined, { problems, typeImports }: CheckedNotebook): void {
    if (key === undefined || problems.length > 0) return;
    this.#known.set(key, typeImports);
    this.#hasChanged = true;
  }

  /** Writes new entries. Of two concurrent runs one wins. */
  async save(): Promise<void> {
    if (!this.#hasChanged) return;
    const newest = Object.fromEntries([...this.#known].slice(-remembered));
    await writeAtomically(this.#file, `${JSON.stringify(newest)}\n`, { makeFolders: true });
  }
}

function read(file: string): Record<string, CheckedNotebook['typeImports']> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, CheckedNotebook['typeImports']>;
  } catch {
    return {}; // there is none yet
  }
}

/**
 * The key of all inputs of a notebook's check. Undefined: without a lock file it is unknown whether packages have
 * changed.
 */
export function checkKey(
  { path, notebook }: NotebookToCheck,
  { files, lock, kernel }: CodeInputs,
): string | undefined {
  if (lock === null) return undefined;
  const cells = notebook.cells.map((cell) =>
    isRunnable(cell) ? [joinText(cell.source), sqlMetadata(cell.metadata) ?? null] : null,
  );
  // The name of the snapshot stands for TypeScript, Node's types and their options.
  const compiler = snapshotName();
  const folder = dirname(path);
  const [tables, settings] = [findProjectTypes(folder), findTsconfig(folder)].map((file) =>
    file === undefined ? null : readFileSync(file, 'utf8'),
  );
  return digest(JSON.stringify([folder, cells, files, lock, kernel, compiler, tables, settings]));
}
