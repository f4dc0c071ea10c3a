// The reader role and its grants.

import type { ClientBase, Pool } from 'pg';
import { queryRows } from '../query/query-rows.js';
import { quote } from '../query/sql-text.js';
import { sqlstate, sqlstateOf } from '../query/sqlstate.js';
import { lockWarehouse, withTransaction } from '../query/transaction.js';

/** The read-only role of notebooks, `daybook query` and the dashboard, unless a URL names another. */
export const defaultReaderRole = 'daybook_reader';

/**
 * Creates the default reader role when it is missing, and allows the owner to assume it (`set role`).
 *
 * @param owner - A pool of the owner.
 * @returns The reason why the role cannot be used, for a warning; undefined: it can.
 */
export async function ensureReaderRole(owner: Pool): Promise<string | undefined> {
  const role = defaultReaderRole;
  const known = await canTakeOn(owner, role);
  if (known === true) return undefined;
  try {
    if (known === undefined) await owner.query(`create role ${role} nologin`);
    await owner.query(`grant ${role} to current_user`);
    return undefined;
  } catch (error) {
    // Roles belong to the whole server: a concurrent process may have been faster.
    if ((await canTakeOn(owner, role)) === true) return undefined;
    const state = sqlstateOf(error);
    if (state === sqlstate.duplicateObject || state === sqlstate.uniqueViolation) {
      return ensureReaderRole(owner);
    }
    if (state !== sqlstate.insufficientPrivilege) throw error;
  }
  const [missing, lacking] =
    known === undefined ? [`create role ${role}; `, 'create'] : ['', 'take on'];
  return (
    `reading goes on as the owner, in read-only transactions: it may not ${lacking} ${role}. ` +
    `A superuser can run: ${missing}grant ${role} to ${await currentUser(owner)};`
  );
}

/**
 * Grants a role read access to schemas, future tables included. This is no migration, because the role may be
 * created later than the tables. Does nothing when the role is missing.
 *
 * @param owner - A pool of the owner.
 * @param role - The role's name.
 * @param schemas - Existing schemas.
 */
export async function grantToReader(
  owner: Pool,
  role: string,
  schemas: readonly string[],
): Promise<void> {
  if (!(await lacksUsage(owner, role, schemas))) return;
  await withTransaction(owner, async (client) => {
    // Concurrent grants on one schema would fail.
    await lockWarehouse(client);
    if (!(await lacksUsage(client, role, schemas))) return;
    const [all, reader] = [schemas.map(quote).join(', '), quote(role)];
    await client.query(
      `grant usage on schema ${all} to ${reader};
       grant select on all tables in schema ${all} to ${reader};
       alter default privileges in schema ${all} grant select on tables to ${reader}`,
    );
  });
}

/** Whether the role exists and lacks access to a schema. */
async function lacksUsage(
  connection: Pool | ClientBase,
  role: string,
  schemas: readonly string[],
): Promise<boolean> {
  const rows = await queryRows(
    connection,
    `select from pg_roles, unnest($2::text[]) as schema
     where rolname = $1 and not has_schema_privilege(pg_roles.oid, schema, 'usage')`,
    [role, schemas],
  );
  return rows.length > 0;
}

/** Whether the owner may assume a role; undefined when there is no such role. */
async function canTakeOn(owner: Pool, role: string): Promise<boolean | undefined> {
  const [row] = await queryRows<{ usable: boolean }>(
    owner,
    // Since Postgres 16 a member may lack the right to assume the role.
    `select pg_has_role(current_user, oid, kind) as usable
     from pg_roles, (select case when current_setting('server_version_num')::int >= 160000
                            then 'set' else 'member' end as kind) as version
     where rolname = $1`,
    [role],
  );
  return row?.usable;
}

async function currentUser(owner: Pool): Promise<string> {
  const [row] = await queryRows<{ name: string }>(
    owner,
    'select quote_ident(current_user) as name',
  );
  return row?.name ?? 'current_user';
}
