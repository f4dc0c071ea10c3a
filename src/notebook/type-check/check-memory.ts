import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import { snapshotName } from '../../cells/snapshot.js';
import { findProjectTypes } from '../../files/project-types.js';
import { joinText } from '../../nbformat/notebook.js';
import { digest, type CodeInputs } from '../plan/notebook-inputs.js';
import { isRunnable } from '../document/execution-metadata.js';
import type { CheckedNotebook, NotebookToCheck } from '../document/type-problem.js';

/** Notebooks that passed and are remembered. */
const remembered = 500;

/**
 * Notebooks that passed the type check, by all that it depends on: a notebook that only runs again
 * because its data changed need not be checked again. It is a file of the workspace's cache folder,
 * which may be deleted at any time.
 */
export class CheckMemory {
  readonly #file: string;
  readonly #known: Map<string, CheckedNotebook['typeImports']>;
  #hasChanged = false;

  /** @param home - Where Daybook keeps its own files, absolute. */
  constructor(home: string) {
    this.#file = join(home, 'cache', 'type-checks.json');
    this.#known = new Map(Object.entries(read(this.#file)));
  }

  /** What the check would find; undefined: it is not known, or not nothing. */
  recall(key: string | undefined): CheckedNotebook | undefined {
    const typeImports = key === undefined ? undefined : this.#known.get(key);
    return typeImports === undefined ? undefined : { problems: [], typeImports };
  }

  /** Remembers what the check found. */
  remember(key: string | undefined, { problems, typeImports }: CheckedNotebook): void {
    if (key === undefined || problems.length > 0) return;
    this.#known.set(key, typeImports);
    this.#hasChanged = true;
  }

  /** Writes down what is new. Another run at the same time may win: then that one's is kept. */
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
 * All that the check of a notebook depends on, as a text. Undefined: there is no lock file, so nobody
 * can tell whether packages have changed.
 */
export function checkKey(
  { path, notebook }: NotebookToCheck,
  { files, lock, kernel }: CodeInputs,
): string | undefined {
  if (lock === null) return undefined;
  const cells = notebook.cells.map((cell) => (isRunnable(cell) ? joinText(cell.source) : null));
  // The name of the snapshot stands for TypeScript, Node's types and the options of both.
  const compiler = snapshotName();
  const folder = dirname(path);
  const types = findProjectTypes(folder);
  const tables = types === undefined ? null : readFileSync(types, 'utf8');
  return digest(JSON.stringify([folder, cells, files, lock, kernel, compiler, tables]));
}
