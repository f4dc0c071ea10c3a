import type { Config, Environment } from '../config.js';
import { codeInputs, type CodeInputs } from './inputs/notebook-inputs.js';
import { labelOf, type NotebookSource } from './notebook-source.js';
import type { Publication } from './publication.js';
import type { RunEvent } from './run-report.js';

/** A notebook of a run, and whether it has to be run. */
export interface PlannedNotebook {
  readonly source: NotebookSource;
  /** What decides what its code does; undefined: it cannot be run at all. */
  readonly code: CodeInputs | undefined;
  /** Why it is run, in a few words; undefined: nothing changed since it was. */
  readonly reason: string | undefined;
}

/** What {@link planRuns} needs to know. */
export interface PlanOptions {
  readonly config: Config;
  readonly env: Environment;
  readonly force?: boolean;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Finds out which notebooks have to be run, and why. */
export async function planRuns(
  sources: readonly NotebookSource[],
  publication: Publication | undefined,
  { config, env, force = false, onEvent = () => undefined }: PlanOptions,
): Promise<PlannedNotebook[]> {
  const plans: PlannedNotebook[] = [];
  for (const source of sources) {
    const { content, file } = source;
    const parameters = Object.fromEntries(
      Object.entries(source.parameters).map(([name, value]) => [name, JSON.stringify(value)]),
    );
    const code =
      'spec' in content
        ? codeInputs({ ...content, file, root: config.root, env, parameters })
        : undefined;
    const reason = force
      ? 'it was asked for'
      : code === undefined
        ? 'it cannot be read'
        : publication === undefined
          ? 'its runs are not published, so none is kept'
          : await publication.reason(source, code);
    plans.push({ source, code, reason });
    onEvent({ type: 'notebook-planned', path: labelOf(source), reason });
  }
  return plans;
}
