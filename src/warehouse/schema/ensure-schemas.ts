// The project's schemas, and the table that tells models the configuration.

import type { ClientBase, Pool } from 'pg';
import type { Schemas } from '../../config/project/project-settings.js';
import { queryRows } from '../query/query-rows.js';
import { literal, quote } from '../query/sql-text.js';
import { lockWarehouse, withTransaction } from '../query/transaction.js';

/**
 * Creates missing schemas of a project with their comments, and in the first one the table of one row that tells
 * models the configuration.
 *
 * @param owner - A pool of the owner; the engine's migrations are applied.
 */
export async function ensureSchemas(owner: Pool, schemas: Schemas): Promise<void> {
  if ((await changes(owner, schemas)).length === 0) return;
  await withTransaction(owner, async (client) => {
    // Concurrent creation of one schema would fail.
    await lockWarehouse(client);
    for (const statement of await changes(client, schemas)) await client.query(statement);
  });
}

/** The necessary statements. */
async function changes(
  connection: Pool | ClientBase,
  { names, loaded, words }: Schemas,
): Promise<string[]> {
  const found = await queryRows<{ name: string; words: string | null; hasParameter: boolean }>(
    connection,
    `select
      nspname as name, obj_description(oid, 'pg_namespace') as words,
      exists (select from pg_class where relnamespace = schema.oid and relname = 'report_parameter') as "hasParameter"
    from pg_namespace as schema
    where nspname = any ($1::text[])`,
    [names],
  );
  const statements = names.flatMap((name) => {
    const schema = found.find((each) => each.name === name);
    const comment = words[name] ?? '';
    return [
      ...(schema === undefined ? [`create schema ${quote(name)}`] : []),
      ...((schema?.words ?? '') === comment
        ? []
        : [`comment on schema ${quote(name)} is ${literal(comment)}`]),
    ];
  });
  if (found.find(({ name }) => name === loaded)?.hasParameter !== true) {
    const table = `${quote(loaded)}.report_parameter`;
    statements.push(
      `create table ${table} (
        only_row boolean primary key default true check (only_row),
        time_zone text not null,
        as_of timestamptz
      )`,
      `comment on table ${table} is 'One row: what the models need of the configuration'`,
      `comment on column ${table}.as_of is 'The instant of the report as configured; null: derived from the newest event'`,
    );
  }
  return statements;
}
