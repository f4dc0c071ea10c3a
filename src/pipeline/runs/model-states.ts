import type { ClientBase, Pool } from 'pg';
import { queryRows } from '../../warehouse/query-rows.js';
import type { ModelState } from '../models/decide.js';
import { definitionDigest, metadataDigest } from '../models/model-digest.js';
import type { Model } from '../models/model.js';

/** All models that are published, by `schema.name`. */
export async function readModelStates(pool: Pool | ClientBase): Promise<Map<string, ModelState>> {
  const rows = await queryRows<ModelState & { model: string }>(
    pool,
    `select
      model, definition, metadata, inputs, version, row_count::float8 as rows,
      coalesce(c.oid = relation, false) as "isPresent",
      case c.relkind when 'v' then 'view' else 'table' end as materialized
    from ops.model_state
    left join pg_class as c on c.oid = to_regclass(model)`,
  );
  return new Map(rows.map(({ model, ...state }) => [model, state]));
}

/**
 * Keeps what a model was built from, in the transaction that published it.
 *
 * @param state - The version and the number of its rows, and the versions of what it read.
 * @returns The state as the next run will find it.
 */
export async function writeModelState(
  client: ClientBase,
  model: Model,
  { inputs, version, rows }: Pick<ModelState, 'inputs' | 'version' | 'rows'>,
): Promise<ModelState> {
  const definition = definitionDigest(model);
  const metadata = metadataDigest(model);
  await client.query(
    `insert into ops.model_state (model, relation, definition, metadata, inputs, version, row_count)
    values ($1, to_regclass($1), $2, $3, $4, $5, $6)
    on conflict (model) do update
    set (relation, definition, metadata, inputs, version, row_count, built_at) =
      (excluded.relation, excluded.definition, excluded.metadata, excluded.inputs,
        excluded.version, excluded.row_count, excluded.built_at)`,
    [model.id, definition, metadata, JSON.stringify(inputs), version, rows],
  );
  const { materialized } = model;
  return { isPresent: true, materialized, definition, metadata, inputs, version, rows };
}
