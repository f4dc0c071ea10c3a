// The cache of passed type checks.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import { snapshotName } from '../../cells/compiler/snapshot.js';
import { findProjectTypes, tsconfigTexts } from '../../files/project-types.js';
import { joinText } from '../../nbformat/notebook.js';
import { digest, type CodeInputs } from '../plan/notebook-inputs.js';
import { packageFile } from '../../files/package-file.js';
import type { CheckedNotebook, NotebookToCheck } from '../document/type-problem.js';

/** The most remembered notebooks. */
const remembered = 500;

/** What was found in a notebook that has passed. */
type Passed = Omit<CheckedNotebook, 'problems'>;

/**
 * Notebooks that passed the type check, by a key of all its inputs: a notebook that runs again only because of new
 * data need not be checked again, and `notebooks check` reads those alone that have changed. The file is in the cache
 * folder, and may be deleted at any time.
 */
export class CheckMemory {
  readonly #file: string;
  readonly #known: Map<string, Passed>;
  #hasChanged = false;

  /** @param home - DAYBOOK_HOME, absolute. */
  constructor(home: string) {
    this.#file = join(home, 'cache', 'checked-notebooks.json');
    this.#known = new Map(Object.entries(read(this.#file)));
  }

  /** The result of the check; undefined: not known to have passed. */
  recall(key: string | undefined): CheckedNotebook | undefined {
    const passed = key === undefined ? undefined : this.#known.get(key);
    return passed && { ...passed, problems: [] };
  }

  /** Remembers a result. */
  remember(key: string | undefined, { problems, ...passed }: CheckedNotebook): void {
    if (key === undefined || problems.length > 0) return;
    // The newest are last.
    this.#known.delete(key);
    this.#known.set(key, passed);
    this.#hasChanged = true;
  }

  /** Writes new entries. Of two concurrent runs one wins. */
  async save(): Promise<void> {
    if (!this.#hasChanged) return;
    const newest = Object.fromEntries([...this.#known].slice(-remembered));
    await writeAtomically(this.#file, `${JSON.stringify(newest)}\n`, { makeFolders: true });
  }
}

function read(file: string): Record<string, Passed> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Passed>;
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
  { files, lock, kernel }: Pick<CodeInputs, 'files' | 'lock' | 'kernel'>,
): string | undefined {
  if (lock === null) return undefined;
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'code' ? [joinText(cell.source), cell.metadata] : null,
  );
  // The name of the snapshot stands for TypeScript, Node's types and their options.
  const checker = [snapshotName(), buildOfCheck()];
  const folder = dirname(path);
  const typesFile = findProjectTypes(folder);
  const tables = typesFile === undefined ? null : readFileSync(typesFile, 'utf8');
  const settings = tsconfigTexts(folder);
  return digest(JSON.stringify([folder, cells, files, lock, kernel, checker, tables, settings]));
}

let build: string | undefined;

/** The version of the code that checks; of a checkout, also when it was built. */
function buildOfCheck(): string {
  if (build === undefined) {
    const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
      version: string;
    };
    const { mtimeMs } = statSync(packageFile('dist/notebook/type-check/check-process.js'));
    build = `${version} ${mtimeMs}`;
  }
  return build;
}
