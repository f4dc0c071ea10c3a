// The states of published models: what each was built from.

import { isDeepStrictEqual } from 'node:util';
import type { ClientBase, Pool } from 'pg';
import { queryRows } from '../../warehouse/query/query-rows.js';
import { lockByName } from '../../warehouse/query/transaction.js';

/** The state of a published model. */
export interface ModelState {
  /** Whether the published relation still has the model's name. */
  readonly isPresent: boolean;
  readonly materialized: 'table' | 'view';
  /** Digests of what its rows depend on, and of its metadata. */
  readonly definition: string;
  readonly metadata: string;
  /** The versions of its inputs, by `schema.name`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Of a table: changes with its rows. Views have none. */
  readonly version: string;
  /** Rows of a table at its last build. */
  readonly rows: number | null;
}

const modelStates = `
  select
    model, definition, metadata, inputs, version, row_count::float8 as rows,
    coalesce(c.oid = relation, false) as "isPresent",
    case c.relkind when 'v' then 'view' else 'table' end as materialized
  from ops.model_state
  left join pg_class as c on c.oid = to_regclass(model)`;

/**
 * Published models, by `schema.name`.
 *
 * @param model - Only this one. Default: all.
 */
export async function readModelStates(
  pool: Pool | ClientBase,
  model?: string,
): Promise<Map<string, ModelState>> {
  const rows = await queryRows<ModelState & { model: string }>(
    pool,
    model === undefined ? modelStates : `${modelStates} where model = $1`,
    model === undefined ? [] : [model],
  );
  return new Map(rows.map((row) => [row.model, withoutName(row)]));
}

function withoutName({ model: _, ...state }: ModelState & { model: string }): ModelState {
  return state;
}

/** A concurrent run has published a model since the decision to build it. */
export class ModelChanged extends Error {
  override readonly name = 'ModelChanged';
  /** The published state; undefined: none. */
  readonly state: ModelState | undefined;

  constructor(model: string, state: ModelState | undefined) {
    super(`another run has published ${model}`);
    this.state = state;
  }
}

/**
 * Locks a model against concurrent builds until the end of the transaction.
 *
 * @param client - A connection in a transaction.
 * @param expected - The state that the caller knows.
 * @throws ModelChanged when the state is another.
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
 * Stores the state of a model, in the transaction that published it.
 *
 * @returns The state for the next run.
 */
export async function writeModelState(
  client: ClientBase,
  model: string,
  state: Omit<ModelState, 'isPresent'>,
): Promise<ModelState> {
  const { definition, metadata, inputs, version, rows } = state;
  await client.query(
    `insert into ops.model_state (model, relation, definition, metadata, inputs, version, row_count)
    values ($1, to_regclass($1), $2, $3, $4, $5, $6)
    on conflict (model) do update
    set (relation, definition, metadata, inputs, version, row_count, built_at) =
      (excluded.relation, excluded.definition, excluded.metadata, excluded.inputs,
        excluded.version, excluded.row_count, excluded.built_at)`,
    [model, definition, metadata, JSON.stringify(inputs), version, rows],
  );
  return { ...state, isPresent: true };
}

/** Published models, by `schema.name`, except known ones. */
export async function readOtherModels(pool: Pool, known: readonly string[]): Promise<string[]> {
  const rows = await queryRows<{ model: string }>(
    pool,
    'select model from ops.model_state where model <> all ($1)',
    [known],
  );
  return rows.map(({ model }) => model);
}

/**
 * Deletes a model's state.
 *
 * @returns The oid of the published relation, null if that is gone; undefined: the model is unknown.
 */
export async function removeModelState(
  client: ClientBase,
  model: string,
): Promise<{ relation: number | null } | undefined> {
  const { rows } = await client.query<{ relation: number | null }>(
    'delete from ops.model_state where model = $1 returning relation',
    [model],
  );
  return rows[0];
}

/** Records another relation with the same rows for a published model. */
export async function moveModelState(
  client: ClientBase,
  model: string,
  from: number,
  to: string,
): Promise<void> {
  await client.query(
    'update ops.model_state set relation = to_regclass($3) where model = $1 and relation = $2',
    [model, from, to],
  );
}
