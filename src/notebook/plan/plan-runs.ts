// This folder decides which notebooks have to be run: by what their code depends on (notebook-inputs.ts,
// imported-files.ts), compared with the last run (reason-to-run.ts).

import type { Config, Environment } from '../../config/config.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { labelOf, readFailure, type NotebookSource } from '../collection/notebook-source.js';
import type { RunEvent } from '../report/run-report.js';
import { codeInputs, type CodeInputs } from './notebook-inputs.js';

/** A notebook of a run, and whether it has to be run. */
export interface PlannedNotebook {
  readonly source: NotebookSource;
  /** Undefined: it cannot be run at all, and the source says why. */
  readonly runnable: RunnableNotebook | undefined;
  /** Why it is run, in a few words; undefined: nothing changed since it was. */
  readonly reason: string | undefined;
}

/** What can be run. */
export interface RunnableNotebook {
  readonly notebook: Notebook;
  readonly spec: Kernelspec;
  /** What decides what its code does. */
  readonly code: CodeInputs;
}

/**
 * Why a notebook has to be run, in a few words; resolves to undefined where nothing that it depends on has
 * changed.
 */
export type ReasonToRun = (source: NotebookSource, code: CodeInputs) => Promise<string | undefined>;

/** What {@link planRuns} needs to know. */
export interface PlanOptions {
  readonly config: Config;
  readonly env: Environment;
  readonly force?: boolean;
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Finds out which notebooks have to be run, and why.
 *
 * @param reasonToRun - Undefined: no run is kept, so each is run.
 */
export async function planRuns(
  sources: readonly NotebookSource[],
  reasonToRun: ReasonToRun | undefined,
  options: PlanOptions,
): Promise<PlannedNotebook[]> {
  const plans: PlannedNotebook[] = [];
  for (const asked of sources) {
    const plan = await planRun(asked, reasonToRun, options);
    plans.push(plan);
    const { source, reason } = plan;
    options.onEvent?.({ type: 'notebook-planned', path: labelOf(source), reason });
  }
  return plans;
}

async function planRun(
  source: NotebookSource,
  reasonToRun: ReasonToRun | undefined,
  { config, env, force = false }: PlanOptions,
): Promise<PlannedNotebook> {
  const found = runnableOf(source, config.root, env);
  if ('failure' in found) {
    const reason = force ? forced : 'it cannot be read';
    return { source: { ...source, content: found }, runnable: undefined, reason };
  }
  const reason = force
    ? forced
    : reasonToRun === undefined
      ? 'its runs are not published, so none is kept'
      : await reasonToRun(source, found.code);
  return { source, runnable: found, reason };
}

const forced = 'it was asked for';

/** The notebook with what decides what its code does; where that cannot be found out it cannot be run. */
function runnableOf(
  { content, file, parameters }: NotebookSource,
  root: string,
  env: Environment,
): RunnableNotebook | Extract<NotebookSource['content'], { failure: unknown }> {
  if ('failure' in content) return content;
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  try {
    return { ...content, code: codeInputs({ ...content, file, root, env, parameters: values }) };
  } catch (error) {
    return { failure: readFailure(error) };
  }
}
