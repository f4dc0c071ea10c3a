// This folder lets other processes execute notebooks of a run: what they are told (this file), and what they do
// (run-notebook-task.ts).

import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Environment } from '../../config/environment/env-file.js';
import { DaybookError } from '../../errors.js';
import { daybookMetadata } from '../../nbformat/daybook-metadata.js';
import { bytesOf } from '../../text/byte-size.js';
import { labelOf, readSources, type NotebookSource } from '../collection/notebook-source.js';
import type { CheckedNotebook } from '../document/type-problem.js';
import { applyParameters } from '../parameters/apply-parameters.js';
import type { GivenParameters } from '../parameters/given-parameters.js';
import { planRuns, type PlannedNotebook } from '../plan/plan-runs.js';
import type { NotebookRunSettings } from '../run-settings.js';

/** A notebook that another process is to execute; JSON. */
export interface NotebookTask {
  readonly kind: 'notebook';
  /** Its path from the root, with its variant. */
  readonly name: string;
  /** The path from the root, or absolute. */
  readonly path: string;
  readonly variant: Pick<
    NotebookSource,
    'slug' | 'variant' | 'variantTitle' | 'changed' | 'choices' | 'state'
  >;
  /** Why it is run. */
  readonly reason: string;
  /** The digest of what its code depends on, which must be the same where it is executed. */
  readonly code: string;
  /** The result of the type check, which whoever leads the run makes. */
  readonly checked: Pick<CheckedNotebook, 'problems' | 'typeImports'>;
  /** Whether values without a page get one. */
  readonly newPages: boolean;
}

/** What a notebook asks of the worker that executes it. */
export interface NotebookNeeds {
  /** The tag of a queue of its own; undefined: any worker for notebooks. */
  readonly queue: string | undefined;
  /** In bytes; undefined: as much as it took before. */
  readonly memory: number | undefined;
}

/** What others are told of a notebook that can be run. */
export function taskOf(
  plan: PlannedNotebook,
  { problems, typeImports }: CheckedNotebook,
  newPages: boolean,
): NotebookTask {
  const { source, reason = '', runnable } = plan;
  const { slug, variant, variantTitle, changed, choices, state } = source;
  return {
    ...{ kind: 'notebook', name: labelOf(source), path: source.path, reason, newPages },
    variant: {
      ...{ slug, variant, variantTitle, changed },
      ...(choices && { choices }),
      ...(state && { state }),
    },
    code: digestOf(runnable),
    checked: { problems, typeImports },
  };
}

/** What a notebook says about where it is to be executed. */
export function needsOf({ content }: NotebookSource): NotebookNeeds {
  if (!('spec' in content)) return { queue: undefined, memory: undefined };
  const { queue, memory } = daybookMetadata(content.notebook.metadata);
  const text = typeof memory === 'string' ? bytesOf(memory) : undefined;
  return {
    queue: typeof queue === 'string' && queueTag.test(queue) ? queue : undefined,
    memory: text,
  };
}

/** The tag of a queue for notebooks. */
export const queueTag = /^[a-z0-9][a-z0-9-]{0,29}$/;

/**
 * Plans a notebook from the files of this process.
 *
 * @throws DaybookError `PROJECT_DIFFERS`; as `readSources` does.
 */
export async function planTask(
  { path, name, variant, code, reason }: NotebookTask,
  { config, env }: Pick<NotebookRunSettings, 'config'> & { readonly env: Environment },
): Promise<PlannedNotebook> {
  const [read] = await readSources([resolve(config.root, path)], config.root, env).catch(
    (cause: unknown) => {
      throw differs(name, cause);
    },
  );
  if (read === undefined || !('spec' in read.content)) throw differs(name);
  const { content } = read;
  const given: GivenParameters = Object.fromEntries(
    Object.entries(variant.changed).map(([parameter, value]) => [parameter, { value }]),
  );
  const applied = await applyParameters(content.notebook, path, given, env);
  const source: NotebookSource = {
    ...{ ...read, ...variant, parameters: applied.values },
    ...{ secrets: applied.secrets, secretNames: applied.secretNames },
    content: { ...content, notebook: applied.notebook },
  };
  const [plan] = await planRuns([source], undefined, { config, env });
  if (plan?.runnable === undefined || digestOf(plan.runnable) !== code) throw differs(name);
  return { ...plan, reason };
}

function digestOf(runnable: PlannedNotebook['runnable']): string {
  return createHash('sha256')
    .update(JSON.stringify(runnable?.code ?? null))
    .digest('hex');
}

function differs(name: string, cause?: unknown): DaybookError {
  return new DaybookError(
    'PROJECT_DIFFERS',
    `the notebook ${name} is otherwise here than where the run is led`,
    {
      hint: 'let all workers have the same version of the project, of Node.js and of the kernels',
      cause,
    },
  );
}
