// The plan of a run's models, for dry runs; and the versions that the warehouse has.

import type { Pool } from 'pg';
import { decide, followsRows, inputVersions, type Decision, type Versions } from './decide.js';
import { inOrder } from '../project/graph.js';
import { definitionDigest, metadataDigest } from '../definitions/digests.js';
import { type Model, reportParameter } from '../definitions/model.js';
import { readModelStates } from '../../history/models/model-states.js';
import { readParameterVersion, readSourceVersions } from '../../history/files/source-versions.js';
import { sourceTable, type Source } from '../definitions/source.js';

/**
 * The versions that the warehouse has: of loaded tables, parameters and models.
 *
 * @param schema - The schema of loaded tables.
 */
export async function readVersions(
  pool: Pool,
  sources: readonly Source[],
  schema: string,
): Promise<Versions> {
  const parameters = reportParameter(schema);
  const [loaded, parameterVersion, models] = await Promise.all([
    readSourceVersions(pool),
    readParameterVersion(pool, parameters),
    readModelStates(pool),
  ]);
  return {
    files: new Map(
      sources.map((source) => [sourceTable(source), loaded.get(source.name) ?? 'no file']),
    ),
    parameters: new Map([[parameters, parameterVersion ?? '']]),
    models,
  };
}

/** What a run would do with a model. */
export interface PlannedModel {
  readonly model: string;
  /** As in {@link Decision}. `depends`: it is built if models before it get other rows, which is unknown until then. */
  readonly action: Decision['action'] | 'depends';
  /** In words that follow the model's name. */
  readonly reason: string;
  /** Rows of the published table; null of a view and of a model that was never built. */
  readonly rows: number | null;
}

/**
 * The plan for models, in the order of the run. Pure: it assumes that each model that is built keeps its rows, and
 * marks those for which that is uncertain.
 *
 * @param versions - After the files are loaded.
 */
export function planModels(
  models: readonly Model[],
  versions: Versions,
  fullRefresh: boolean,
): PlannedModel[] {
  const states = new Map(versions.models);
  /** Models whose rows may change. */
  const unsure = new Set<string>();
  return inOrder(models).map((model) => {
    const before = { ...versions, models: states };
    const old = states.get(model.id);
    const decision = decide(model, before, fullRefresh);
    const doubts = model.reads.filter((id) => unsure.has(id));
    const isBuilt = decision.action === 'build' || decision.action === 'extend';
    // A table that is built may keep its rows, and then its descendants are kept, too.
    const mayStay = old?.isPresent === true && old.definition !== '';
    const isUnsure = doubts.length > 0 || (isBuilt && model.materialized === 'table' && mayStay);
    if (isUnsure) unsure.add(model.id);
    states.set(model.id, {
      isPresent: true,
      materialized: model.materialized,
      definition: isBuilt || old === undefined ? definitionDigest(model) : old.definition,
      metadata: metadataDigest(model),
      inputs: inputVersions(model, before),
      version: mayStay ? old.version : 'new',
      rows: old?.rows ?? null,
    });
    return { model: model.id, rows: old?.rows ?? null, ...withDoubts(model, decision, doubts) };
  });
}

/** @param doubts - Its inputs whose rows may change. */
function withDoubts(
  model: Model,
  { action, reason }: Decision,
  doubts: readonly string[],
): Pick<PlannedModel, 'action' | 'reason'> {
  if (doubts.length === 0 || action === 'build') return { action, reason };
  const condition = `if the rows of ${doubts.join(', ')} change`;
  if (action === 'extend') return { action, reason: `${reason}; all of it ${condition}` };
  return followsRows(model)
    ? { action: 'depends', reason: `only ${condition}` }
    : { action, reason };
}
