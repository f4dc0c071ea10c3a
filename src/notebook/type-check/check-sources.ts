// This folder checks the types of notebooks before they run: which ones need it (this file, check-memory.ts), in a
// process of its own (check-in-process.ts), and the resulting failure (type-failure.ts).

import { isAbsolute } from 'node:path';
import type { PlannedNotebook } from '../plan/plan-runs.js';
import type { NotebookCheck } from '../run-settings.js';
import type { CheckOptions } from './check-in-process.js';
import { checkKey, CheckMemory } from './check-memory.js';
import { nothingFound, type CheckedNotebook } from '../document/type-problem.js';

/** The type check of a run of notebooks. */
export interface SourceCheck {
  /** The result of a notebook. */
  of(plan: PlannedNotebook): Promise<CheckedNotebook>;
  /** Remembers for the next run which of them passed. */
  save(): Promise<void>;
}

/** Options of {@link checkSources}. */
export interface CheckSourcesOptions extends CheckOptions {
  /** DAYBOOK_HOME, absolute. */
  readonly home: string;
  /** Also checks notebooks that passed before and are unchanged. */
  readonly force: boolean;
  /** The check itself. */
  readonly check: NotebookCheck;
}

/** Starts the type check of the notebooks to run; kernels of other languages have none. */
export function checkSources(
  plans: readonly PlannedNotebook[],
  { home, force, check, ...options }: CheckSourcesOptions,
): SourceCheck {
  const memory = new CheckMemory(home);
  const checked = new Map<PlannedNotebook, Promise<CheckedNotebook>>();
  const unknown: { plan: PlannedNotebook; key: string | undefined }[] = [];
  const toCheck = plans.flatMap((plan) => {
    const { source, runnable, reason } = plan;
    if (reason === undefined || runnable?.spec.language !== 'typescript') return [];
    const notebook = { path: source.file, notebook: runnable.notebook };
    // Changes of files outside of the project are not tracked.
    const key = isAbsolute(source.path) ? undefined : checkKey(notebook, runnable.code);
    const known = force ? undefined : memory.recall(key);
    if (known === undefined) {
      unknown.push({ plan, key });
      return [notebook];
    }
    checked.set(plan, Promise.resolve(known));
    return [];
  });
  for (const [index, result] of check(toCheck, options).entries()) {
    const entry = unknown[index];
    if (entry === undefined) continue;
    checked.set(entry.plan, result);
    result.then(
      (found) => {
        memory.remember(entry.key, found);
      },
      () => undefined, // the notebook that waits for it gets the error
    );
  }
  return {
    of: (plan) => checked.get(plan) ?? Promise.resolve(nothingFound),
    save: () => memory.save(),
  };
}
