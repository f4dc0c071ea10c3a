// Names of the types of a result's columns, as Postgres writes them.

import type { ClientBase, FieldDef } from 'pg';
import { queryRows } from './query-rows.js';

type Field = Pick<FieldDef, 'name' | 'dataTypeID' | 'dataTypeModifier'>;

/** The names of types, like `numeric(10,2)`; each is asked for once. */
export class TypeNames {
  readonly #known = new Map<string, string>();

  /** The columns of a result with the names of their types. */
  async columns(
    client: ClientBase,
    fields: readonly Field[],
  ): Promise<{ readonly name: string; readonly type: string }[]> {
    const unknown = fields.filter((field) => !this.#known.has(keyOf(field)));
    if (unknown.length > 0) {
      const rows = await queryRows<{ name: string }>(
        client,
        `select pg_catalog.format_type(id, modifier) as name
        from unnest($1::oid[], $2::int4[]) with ordinality as type (id, modifier, position)
        order by position`,
        [
          unknown.map(({ dataTypeID }) => dataTypeID),
          unknown.map(({ dataTypeModifier }) => dataTypeModifier),
        ],
      );
      for (const [index, field] of unknown.entries()) {
        this.#known.set(keyOf(field), rows[index]?.name ?? '');
      }
    }
    return fields.map((field) => ({ name: field.name, type: this.#known.get(keyOf(field)) ?? '' }));
  }
}

function keyOf({ dataTypeID, dataTypeModifier }: Field): string {
  return `${dataTypeID} ${dataTypeModifier}`;
}
