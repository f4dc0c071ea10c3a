// The check of those notebooks alone that have changed since they passed.

import { isAbsolute } from 'node:path';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import { codeInputs } from '../plan/notebook-inputs.js';
import {
  nothingFound,
  type CheckedNotebook,
  type NotebookToCheck,
} from '../document/type-problem.js';
import type { NotebookCheck } from '../run-settings.js';
import type { CheckOptions } from './check-in-process.js';
import { checkKey, CheckMemory } from './check-memory.js';

/** A notebook of a project. */
export interface NotebookOfProject {
  /** From the project's root with slashes; absolute outside of it. */
  readonly path: string;
  readonly spec: Kernelspec;
  readonly check: NotebookToCheck;
}

/** Options of {@link checkChanged}. */
export interface CheckChangedOptions extends CheckOptions {
  /** The project's root, absolute. */
  readonly root: string;
  /** DAYBOOK_HOME, absolute. */
  readonly home: string;
  /** The check itself. */
  readonly check: NotebookCheck;
}

/**
 * Checks notebooks. Of those that have passed before, and of which nothing has changed that the check depends on, the
 * result is known.
 */
export async function checkChanged(
  notebooks: readonly NotebookOfProject[],
  { root, home, check, ...options }: CheckChangedOptions,
): Promise<CheckedNotebook[]> {
  const memory = new CheckMemory(home);
  const keys = notebooks.map(({ path, spec, check: { path: file, notebook } }) => {
    // Changes of files outside of the project are not tracked.
    if (isAbsolute(path)) return undefined;
    const inputs = { notebook, file, root, spec, env: options.env, parameters: {} };
    const key = checkKey({ path: file, notebook }, codeInputs(inputs));
    // A run has asked the warehouse, too: what passes here need not pass there.
    return key === undefined ? undefined : `offline ${key}`;
  });
  const known = keys.map((key) => memory.recall(key));
  const changed = notebooks.filter((_, index) => known[index] === undefined);
  const results = check(
    changed.map((notebook) => notebook.check),
    options,
  );
  const checked = await Promise.all(
    known.map(async (passed) => passed ?? (await results.shift()) ?? nothingFound),
  );
  for (const [index, found] of checked.entries())
    if (known[index] === undefined) memory.remember(keys[index], found);
  await memory.save();
  return checked;
}
