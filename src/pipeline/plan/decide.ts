// Whether a model is built, extended or kept.

import { definitionDigest, digest, metadataDigest } from '../definitions/digests.js';
import type { ModelState } from '../../history/models/model-states.js';
import { relationId, type Model } from '../definitions/model.js';

/** The versions of relations before a model is built; keys are `schema.name`. */
export interface Versions {
  /** Tables that are loaded from files. */
  readonly files: ReadonlyMap<string, string>;
  /** Tables that the run writes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Published models. */
  readonly models: ReadonlyMap<string, ModelState>;
}

/** The action for a model, and the reason in words that follow its name. */
export interface Decision {
  /**
   * `extend`: only the changed slices of an incremental model are built. `describe`: only comments and indexes are
   * updated.
   */
  readonly action: 'build' | 'extend' | 'describe' | 'keep';
  readonly reason: string;
}

/**
 * The version of a relation: while it stays the same, so do the rows. A view's version follows from its query and
 * its inputs.
 *
 * @returns Undefined for a relation that the pipeline does not track or that does not exist.
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
 * The known versions of a model's inputs. The relation that an incremental model grows with counts without its
 * files, whose tables count separately, so that changed files are distinguished from every other change.
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

/** The tables of files whose rows a relation shows: itself, or those behind its views. */
export function tablesBehind(id: string, versions: Versions): string[] {
  if (versions.files.has(id)) return [id];
  const state = versions.models.get(id);
  return Object.keys(state?.inputs ?? {}).flatMap((read) => tablesBehind(read, versions));
}

/**
 * Decides whether a model has to be built. It is kept when neither its file nor its inputs changed since it was
 * built, because it would have the same rows.
 *
 * @param versions - After all inputs were built.
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

/** Whether only the files of the model's events changed. */
function canExtend(model: Model, changed: readonly string[], { files }: Versions): boolean {
  if (model.incremental === undefined) return false;
  const from = relationId(model.incremental.from);
  // Other reads of these files are not divided into slices.
  return changed.every((id) => files.has(id) && (id === from || !model.reads.includes(id)));
}

/**
 * Whether a model has to be built when the rows of its inputs change. A view shows them anyway; only its tests
 * have to run again.
 */
export function followsRows({ materialized, tests, columns }: Model): boolean {
  return (
    materialized === 'table' ||
    tests.length > 0 ||
    columns.some((column) => column.tests.length > 0)
  );
}
