import type { ClientBase, Pool } from 'pg';
import { queryRows } from '../query/query-rows.js';
import { quote } from '../query/sql-text.js';
import { sqlstate, sqlstateOf } from '../query/sqlstate.js';
import { lockWarehouse, withTransaction } from '../query/transaction.js';

/** The read-only role of notebooks, `daybook query` and the dashboard, unless a URL names another. */
export const defaultReaderRole = 'daybook_reader';

/**
 * Makes the default reader role when it is missing, and lets the owner take it on (`set role`).
 *
 * @param owner - A pool of the owner's.
 * @returns What keeps the role from being used, for a warning; undefined when all is well.
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
    // Roles belong to the whole server: another workspace on it may have been faster.
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
 * Lets a role read every schema of the warehouse, those tables that are still to come included. No
 * migration does this, because the role may come into being later than the tables. Does nothing
 * when the role is missing.
 *
 * @param owner - A pool of the owner's.
 * @param role - The role's name.
 * @param schemas - What it may read; they are there.
 */
export async function grantToReader(
  owner: Pool,
  role: string,
  schemas: readonly string[],
): Promise<void> {
  if (!(await lacksUsage(owner, role, schemas))) return;
  await withTransaction(owner, async (client) => {
    // Of two grants on one schema at the same time Postgres lets one fail.
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

/** Whether the role is there and cannot enter a schema. */
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

/** Whether the owner may take on a role; undefined when there is no such role. */
async function canTakeOn(owner: Pool, role: string): Promise<boolean | undefined> {
  const [row] = await queryRows<{ usable: boolean }>(
    owner,
    // Since Postgres 16 a member may be one who must not take the role on.
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
