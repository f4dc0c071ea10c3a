import { definitionDigest, digest, metadataDigest } from '../definitions/digests.js';
import type { ModelState } from '../../history/model-states.js';
import { relationId, type Model } from '../definitions/model.js';

/** What the warehouse holds before a model is built; keys are `schema.name`. */
export interface Versions {
  /** Tables that are loaded from files. */
  readonly files: ReadonlyMap<string, string>;
  /** Tables that the run writes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Models that are published. */
  readonly models: ReadonlyMap<string, ModelState>;
}

/** What is to be done with a model, and why, in words that follow its name. */
export interface Decision {
  /**
   * `extend`: of an incremental model only the slices are built in which events changed. `describe`:
   * only comments and indexes are brought up to date.
   */
  readonly action: 'build' | 'extend' | 'describe' | 'keep';
  readonly reason: string;
}

/**
 * The version of a relation: as long as it stays the same, so do the rows. A view's follows from its
 * query and from what it reads.
 *
 * @returns Undefined for a relation that the pipeline does not watch or that is not there.
 */
export function versionOf(id: string, versions: Versions): string | undefined {
  const filled = versions.files.get(id) ?? versions.parameters.get(id);
  if (filled !== undefined) return filled;
  const state = versions.models.get(id);
  if (state?.isPresent !== true) return undefined;
  if (state.materialized === 'table') return state.version;
  const inputs = Object.keys(state.inputs).map((read) => versionOf(read, versions));
  return inputs.includes(undefined) ? undefined : digest([state.definition, inputs]);
}

/**
 * The versions of all that a model reads, as far as they are known. What an incremental model grows
 * with counts without its files, and the tables of these files count besides, so that files that changed
 * can be told from everything else.
 */
export function inputVersions(model: Model, versions: Versions): Record<string, string> {
  const inputs = Object.fromEntries(
    model.reads.flatMap((id) => {
      const version = versionOf(id, versions);
      return version === undefined ? [] : [[id, version]];
    }),
  );
  if (model.incremental === undefined) return inputs;
  const from = relationId(model.incremental.from);
  const anyFiles = new Map([...versions.files.keys()].map((id) => [id, 'any']));
  const shape = versionOf(from, { ...versions, files: anyFiles });
  const behind = tablesBehind(from, versions);
  return {
    ...inputs,
    ...(shape === undefined ? {} : { [from]: shape }),
    ...Object.fromEntries([...versions.files].filter(([id]) => behind.includes(id))),
  };
}

/** The tables of files that a relation shows rows of: itself, or those that views lead to. */
export function tablesBehind(id: string, versions: Versions): string[] {
  if (versions.files.has(id)) return [id];
  const state = versions.models.get(id);
  return Object.keys(state?.inputs ?? {}).flatMap((read) => tablesBehind(read, versions));
}

/**
 * Whether a model has to be built. It does not when neither its file nor anything that it reads
 * changed since it was built: it would give the same rows.
 *
 * @param versions - After everything that the model reads was built.
 */
export function decide(model: Model, versions: Versions, fullRefresh: boolean): Decision {
  const build = (reason: string): Decision => ({ action: 'build', reason });
  if (fullRefresh) return build('everything is built again');
  const state = versions.models.get(model.id);
  if (state === undefined) return build('it was never built');
  if (state.definition === '') return build('an earlier version of Daybook built it');
  if (!state.isPresent) return build('what is published under its name is not what was built');
  if (state.definition !== definitionDigest(model)) return build('its file changed');
  const inputs = inputVersions(model, versions);
  const unwatched = model.reads.filter((id) => inputs[id] === undefined);
  const changed = Object.keys(inputs).filter((id) => inputs[id] !== state.inputs[id]);
  if (followsRows(model)) {
    if (unwatched.length > 0)
      return build(`it reads ${unwatched.join(', ')}, which nobody watches`);
    const reason = `${changed.join(', ')} changed`;
    if (changed.length > 0)
      return canExtend(model, changed, versions) ? { action: 'extend', reason } : build(reason);
  }
  if (model.tests.some(({ kind }) => kind === 'freshness')) {
    return build('whether it is fresh depends on the time');
  }
  if (state.metadata !== metadataDigest(model)) {
    return { action: 'describe', reason: 'only its descriptions or indexes changed' };
  }
  return { action: 'keep', reason: 'nothing that it is made of changed' };
}

/** Whether all that changed are the files of what the model grows with. */
function canExtend(model: Model, changed: readonly string[], { files }: Versions): boolean {
  if (model.incremental === undefined) return false;
  const from = relationId(model.incremental.from);
  // What it reads of the files beside that is not cut into slices.
  return changed.every((id) => files.has(id) && (id === from || !model.reads.includes(id)));
}

/**
 * Whether a model has to be built when the rows of what it reads change. A view shows what it reads as it
 * is; only its tests have to look again.
 */
export function followsRows({ materialized, tests, columns }: Model): boolean {
  return (
    materialized === 'table' ||
    tests.length > 0 ||
    columns.some((column) => column.tests.length > 0)
  );
}
