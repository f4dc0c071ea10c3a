// The plan of a run's models, for dry runs; and the versions that the warehouse has.

import type { Pool } from 'pg';
import { decide, followsRows, inputVersions, type Decision, type Versions } from './decide.js';
import { inOrder } from '../project/graph.js';
import { definitionDigest, metadataDigest } from '../definitions/digests.js';
import { type Model, reportParameter } from '../definitions/model.js';
import { readModelStates } from '../../history/model-states.js';
import { readParameterVersion, readSourceVersions } from '../../history/source-versions.js';
import { sourceTable, type Source } from '../definitions/source.js';

/**
 * What the warehouse holds: digests of the tables that the pipeline itself fills, and the models.
 *
 * @param schema - Of these tables.
 */
export async function readVersions(
  pool: Pool,
  sources: readonly Source[],
  schema: string,
): Promise<Versions> {
  const loaded = await readSourceVersions(pool);
  const parameters = reportParameter(schema);
  return {
    files: new Map(
      sources.map((source) => [sourceTable(source), loaded.get(source.name) ?? 'no file']),
    ),
    parameters: new Map([[parameters, (await readParameterVersion(pool, parameters)) ?? '']]),
    models: await readModelStates(pool),
  };
}

/** What a run would do with a model. */
export interface PlannedModel {
  readonly model: string;
  /**
   * As in {@link Decision}. `depends`: it is built if what is built before it gets other rows, which is
   * not known until then.
   */
  readonly action: Decision['action'] | 'depends';
  /** In words that follow the model's name. */
  readonly reason: string;
  /** Rows that the published table has now; null of a view and of what was never built. */
  readonly rows: number | null;
}

/**
 * What a run would do with models, in the order in which it would come to them. Pure: it
 * decides as if each model that is built kept its rows, and marks those for which that is uncertain.
 *
 * @param versions - What the warehouse will hold once the files are loaded.
 */
export function planModels(
  models: readonly Model[],
  versions: Versions,
  fullRefresh: boolean,
): PlannedModel[] {
  const states = new Map(versions.models);
  /** Models that may have other rows afterwards. */
  const unsure = new Set<string>();
  return inOrder(models).map((model) => {
    const before = { ...versions, models: states };
    const old = states.get(model.id);
    const decision = decide(model, before, fullRefresh);
    const doubts = model.reads.filter((id) => unsure.has(id));
    const isBuilt = decision.action === 'build' || decision.action === 'extend';
    // A table that is built may come to the rows that it has, and then nobody has to follow it.
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

/** @param doubts - What it reads of which it is not sure that the rows stay. */
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
