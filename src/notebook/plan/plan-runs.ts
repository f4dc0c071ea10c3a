import type { Config, Environment } from '../../config/config.js';
import { codeInputs, type CodeInputs } from './notebook-inputs.js';
import { labelOf, readFailure, type NotebookSource } from '../collection/notebook-source.js';
import type { RunEvent } from '../report/run-report.js';

/** A notebook of a run, and whether it has to be run. */
export interface PlannedNotebook {
  readonly source: NotebookSource;
  /** What decides what its code does; undefined: it cannot be run at all. */
  readonly code: CodeInputs | undefined;
  /** Why it is run, in a few words; undefined: nothing changed since it was. */
  readonly reason: string | undefined;
}

type ReasonOf = (source: NotebookSource, code: CodeInputs) => Promise<string | undefined>;

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
 * @param reasonOf - Why one has to be run; resolves to undefined where nothing that it depends on changed.
 *   Undefined: no run is kept.
 */
export async function planRuns(
  sources: readonly NotebookSource[],
  reasonOf: ReasonOf | undefined,
  { config, env, force = false, onEvent = () => undefined }: PlanOptions,
): Promise<PlannedNotebook[]> {
  const plans: PlannedNotebook[] = [];
  for (const asked of sources) {
    const { source, code } = codeOf(asked, config, env);
    const reason = force
      ? 'it was asked for'
      : code === undefined
        ? 'it cannot be read'
        : reasonOf === undefined
          ? 'its runs are not published, so none is kept'
          : await reasonOf(source, code);
    plans.push({ source, code, reason });
    onEvent({ type: 'notebook-planned', path: labelOf(source), reason });
  }
  return plans;
}

/** What decides what a notebook's code does; where that cannot be found out the notebook cannot be run. */
function codeOf(
  source: NotebookSource,
  { root }: Config,
  env: Environment,
): Pick<PlannedNotebook, 'source' | 'code'> {
  const { content, file } = source;
  if ('failure' in content) return { source, code: undefined };
  const parameters = Object.fromEntries(
    Object.entries(source.parameters).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  try {
    return { source, code: codeInputs({ ...content, file, root, env, parameters }) };
  } catch (error) {
    return { source: { ...source, content: { failure: readFailure(error) } }, code: undefined };
  }
}
