import type { Pool } from 'pg';
import { sqlstate, sqlstateOf } from './sqlstate.js';
import { queryRows } from './query-rows.js';

/** The read-only role of notebooks, `daybook query` and the dashboard. */
export const readerRole = 'daybook_reader';

/** The schemas that the reader may read. */
const schemas = ['bronze', 'silver', 'gold', 'ops', 'publication'];

/**
 * Makes the reader's role when it is missing, and lets the owner take it on (`set role`).
 *
 * @param owner - A pool of the owner's.
 * @returns What keeps the role from being used, for a warning; undefined when all is well.
 */
export async function ensureReaderRole(owner: Pool): Promise<string | undefined> {
  const known = await roleState(owner);
  if (known?.usable === true) return undefined;
  try {
    if (known === undefined) {
      await owner.query(`create role ${readerRole} nologin`).catch((error: unknown) => {
        // Roles belong to the whole server: another workspace may have been faster.
        const state = sqlstateOf(error);
        if (state !== sqlstate.duplicateObject && state !== sqlstate.uniqueViolation) throw error;
      });
    }
    await owner.query(`grant ${readerRole} to current_user`);
    return undefined;
  } catch (error) {
    if (sqlstateOf(error) !== sqlstate.insufficientPrivilege) throw error;
    const commands = [
      ...(known === undefined ? [`create role ${readerRole}`] : []),
      `grant ${readerRole} to ${await currentUser(owner)}`,
    ];
    return `reading goes on as the owner, in read-only transactions: its role may not ${known === undefined ? 'create' : 'take on'} ${readerRole}. A superuser can run: ${commands.join('; ')};`;
  }
}

/**
 * Lets the reader read every schema of the warehouse, those tables that are still to come
 * included. No migration does this, because the role may come into being later than the tables.
 */
export async function grantToReader(owner: Pool): Promise<void> {
  if ((await roleState(owner)) === undefined) return;
  const [missing] = await queryRows<{ missing: boolean }>(
    owner,
    `select not bool_and(has_schema_privilege($1::name, name, 'usage')) as missing
     from unnest($2::text[]) as name`,
    [readerRole, schemas],
  );
  if (missing?.missing !== true) return;
  const all = schemas.join(', ');
  // Default privileges first: a table that is made between the two statements gets them then.
  await owner.query(
    `alter default privileges in schema ${all} grant select on tables to ${readerRole};
     grant select on all tables in schema ${all} to ${readerRole};
     grant usage on schema ${all} to ${readerRole}`,
  );
}

async function roleState(owner: Pool): Promise<{ usable: boolean } | undefined> {
  const [row] = await queryRows<{ usable: boolean }>(
    owner,
    // Since Postgres 16 a member may be one who must not take the role on.
    `select pg_has_role(current_user, oid, kind) as usable
     from pg_roles, (select case when current_setting('server_version_num')::int >= 160000
                            then 'set' else 'member' end as kind) as version
     where rolname = $1`,
    [readerRole],
  );
  return row;
}

async function currentUser(owner: Pool): Promise<string> {
  const [row] = await queryRows<{ name: string }>(
    owner,
    'select quote_ident(current_user) as name',
  );
  return row?.name ?? 'current_user';
}
