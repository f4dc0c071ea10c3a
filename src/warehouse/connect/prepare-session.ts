import pg, { type ClientBase, type QueryResult } from 'pg';
import { DaybookError } from '../../errors.js';
import { describeUrl } from './connection-error.js';
import type { PooledSessions } from './pooled-sessions.js';
import { readsAsOwner, requiredSettings, settingsOf } from './session-settings.js';

/** What a session says of itself once it is prepared. */
interface SessionFacts {
  readonly user: string;
  readonly isReadOnly: boolean;
  /** Whether what Daybook writes is its own, by itself or as a member of the owner. */
  readonly isOwner: boolean;
  /** The process that Postgres serves the session with. */
  readonly pid: number;
}

/**
 * Makes a new connection what its URL says, whatever is between us and Postgres and whatever it does with
 * start-up parameters, and verifies that it is: the settings are in force, and who asked for a reader has
 * one. On a direct connection it is one round trip.
 *
 * @param url - With all settings in its `options`.
 * @param pooled - Knows the pool that may stand between.
 * @throws DaybookError `WAREHOUSE_POOLED`, `WAREHOUSE_READER`; Postgres's error when there is no such role.
 */
export async function prepareSession(
  client: ClientBase,
  url: string,
  pooled: PooledSessions,
): Promise<void> {
  // A pool's connection has a number of the pool's own.
  const { processID } = client as ClientBase & { readonly processID: number | null };
  const isDirect = `pg_backend_pid() = ${processID ?? 0}`;
  let facts = await prepare(client, url, isDirect);
  if (facts.pid !== processID) {
    await pooled.refuseShared(client);
    facts = await prepare(client, url, 'true');
  }
  checkReader(facts, url);
}

/** @param condition - SQL: only if it holds, settings are changed. */
async function prepare(client: ClientBase, url: string, condition: string): Promise<SessionFacts> {
  const settings = Object.entries(requiredSettings(url)).map(
    (setting) => `(${setting.map(pg.escapeLiteral).join(', ')})`,
  );
  const role = settingsOf(url).get('role');
  const statements = [
    `select set_config(name, value, false) from (values ${settings.join(', ')}) as wanted (name, value)
    where ${condition} and current_setting(name, true) is not null`,
    // What the role may not set is set by then.
    ...(role === undefined
      ? []
      : [`select set_config('role', ${pg.escapeLiteral(role)}, false) where ${condition}`]),
    `select
      current_user::text as "user",
      current_setting('default_transaction_read_only') = 'on' as "isReadOnly",
      pg_backend_pid() as pid,
      (
        select rolsuper or exists (
          select from pg_namespace
          where nspname in ('ops', 'publication') and pg_has_role(pg_roles.oid, nspowner, 'member')
        )
        from pg_roles where rolname = current_user
      ) as "isOwner"`,
  ];
  const results = (await client.query(
    statements.join(';\n'),
  )) as unknown as QueryResult<SessionFacts>[];
  const facts = results.at(-1)?.rows[0];
  if (facts === undefined) throw new Error('the session says nothing of itself');
  return facts;
}

/** Refuses a session that can write although its URL is a reader's. */
function checkReader({ user, isReadOnly, isOwner }: SessionFacts, url: string): void {
  const asked = settingsOf(url);
  if (asked.get('default_transaction_read_only') !== 'on') return;
  const named = asked.get('role') ?? decodeURIComponent(new URL(url).username);
  const problem = !isReadOnly
    ? 'its transactions are not read-only'
    : named !== '' && user !== named
      ? `it is ${user}, not ${named}`
      : isOwner && asked.get(readsAsOwner) !== 'on'
        ? `${user} may do all that the owner may`
        : undefined;
  if (problem === undefined) return;
  const { host, database } = describeUrl(url);
  throw new DaybookError(
    'WAREHOUSE_READER',
    `A connection to ${host}/${database} that is to read only could write: ${problem}`,
    {
      hint: 'Give DAYBOOK_READER_URL a role that is neither a superuser nor a member of the owner, and a pool between that keeps sessions and users as they are',
    },
  );
}
