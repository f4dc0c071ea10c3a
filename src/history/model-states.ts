import { isDeepStrictEqual } from 'node:util';
import type { ClientBase, Pool } from 'pg';
import { queryRows } from '../warehouse/query/query-rows.js';
import { lockByName } from '../warehouse/query/transaction.js';
import type { ModelState } from '../pipeline/plan/decide.js';
import { definitionDigest, metadataDigest } from '../pipeline/definitions/model-digest.js';
import type { Model } from '../pipeline/definitions/model.js';

const modelStates = `
  select
    model, definition, metadata, inputs, version, row_count::float8 as rows,
    coalesce(c.oid = relation, false) as "isPresent",
    case c.relkind when 'v' then 'view' else 'table' end as materialized
  from ops.model_state
  left join pg_class as c on c.oid = to_regclass(model)`;

/** All models that are published, by `schema.name`. */
export async function readModelStates(pool: Pool | ClientBase): Promise<Map<string, ModelState>> {
  const rows = await queryRows<ModelState & { model: string }>(pool, modelStates);
  return new Map(rows.map((row) => [row.model, withoutName(row)]));
}

function withoutName({ model: _, ...state }: ModelState & { model: string }): ModelState {
  return state;
}

/** Another run has published a model since it was decided what is to be done with it. */
export class ModelChanged extends Error {
  override readonly name = 'ModelChanged';
  /** What is published now; undefined: nothing. */
  readonly state: ModelState | undefined;

  constructor(model: string, state: ModelState | undefined) {
    super(`another run has published ${model}`);
    this.state = state;
  }
}

/**
 * Waits until no other transaction builds a model, and keeps it so until this one ends.
 *
 * @param client - A connection in a transaction.
 * @param expected - What is published as far as the caller knows.
 * @throws ModelChanged when something else is.
 */
export async function lockModel(
  client: ClientBase,
  model: string,
  expected: ModelState | undefined,
): Promise<void> {
  await lockByName(client, 'model', model);
  const [found] = await queryRows<ModelState & { model: string }>(
    client,
    `${modelStates} where model = $1`,
    [model],
  );
  const state = found === undefined ? undefined : withoutName(found);
  if (!isDeepStrictEqual(state, expected)) throw new ModelChanged(model, state);
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
