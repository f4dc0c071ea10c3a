// This folder decides which notebooks have to be run: by what their code depends on (notebook-inputs.ts,
// imported-files.ts), compared with the last run (reason-to-run.ts).

import type { Config } from '../../config/config.js';
import type { Environment } from '../../config/environment/env-file.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { labelOf, readFailure, type NotebookSource } from '../collection/notebook-source.js';
import type { RunEvent } from '../report/run-report.js';
import { codeInputs, type CodeInputs } from './notebook-inputs.js';

/** A notebook of a run, and whether it is run. */
export interface PlannedNotebook {
  readonly source: NotebookSource;
  /** Undefined: it cannot be run, for the reason in its source. */
  readonly runnable: RunnableNotebook | undefined;
  /** Why it is run, in a few words; undefined: it is unchanged. */
  readonly reason: string | undefined;
}

/** A notebook that can be run. */
export interface RunnableNotebook {
  readonly notebook: Notebook;
  readonly spec: Kernelspec;
  /** The inputs of its code. */
  readonly code: CodeInputs;
}

/** Returns why a notebook has to be run, in a few words; undefined: its inputs are unchanged. */
export type ReasonToRun = (source: NotebookSource, code: CodeInputs) => Promise<string | undefined>;

/** Options of {@link planRuns}. */
export interface PlanOptions {
  readonly config: Config;
  readonly env: Environment;
  readonly force?: boolean;
  /** Notebooks that are not run in any case although `force` says so. */
  readonly done?: ReadonlyMap<string, unknown>;
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Decides which notebooks have to be run, and why.
 *
 * @param reasonToRun - Undefined: no earlier runs are known, so each is run.
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
  { config, env, done, force: isForced = false }: PlanOptions,
): Promise<PlannedNotebook> {
  const force = isForced && done?.has(labelOf(source)) !== true;
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

/** The notebook with the inputs of its code; a failure when they cannot be determined. */
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
