// Session settings and verification of each new connection.

import pg, { type ClientBase, type QueryResult } from 'pg';
import { DaybookError } from '../../errors.js';
import { describeUrl } from './connection-error.js';
import type { PooledSessions } from './pooled-sessions.js';
import { readsAsOwner, requiredSettings, settingsOf } from './session-settings.js';

/** The facts that a prepared session reports. */
interface SessionFacts {
  readonly user: string;
  readonly isReadOnly: boolean;
  /** Whether the session owns Daybook's tables, itself or as a member of the owner. */
  readonly isOwner: boolean;
  /** The backend process of the session. */
  readonly pid: number;
}

/**
 * Applies the settings of a URL to a new connection, whatever a pooler does with start-up parameters, and verifies
 * them: the settings are in force, and a reader's session is read-only. On a direct connection it is one round
 * trip.
 *
 * @param url - With all settings in its `options`.
 * @param pooled - Detects a pooler.
 * @throws DaybookError `WAREHOUSE_POOLED`, `WAREHOUSE_READER`; Postgres's error when there is no such role.
 */
export async function prepareSession(
  client: ClientBase,
  url: string,
  pooled: PooledSessions,
): Promise<void> {
  // A pooler's connection has a process id of the pooler's own.
  const { processID } = client as ClientBase & { readonly processID: number | null };
  const isDirect = `pg_backend_pid() = ${processID ?? 0}`;
  let facts = await prepare(client, url, isDirect);
  if (facts.pid !== processID) {
    await pooled.refuseShared(client);
    facts = await prepare(client, url, 'true');
  }
  checkReader(facts, url);
}

/** @param condition - SQL: settings are changed only if it holds. */
async function prepare(client: ClientBase, url: string, condition: string): Promise<SessionFacts> {
  const settings = Object.entries(requiredSettings(url)).map(
    (setting) => `(${setting.map(pg.escapeLiteral).join(', ')})`,
  );
  const role = settingsOf(url).get('role');
  const statements = [
    `select set_config(name, value, false) from (values ${settings.join(', ')}) as wanted (name, value)
    where ${condition} and current_setting(name, true) is not null`,
    // Settings that the role may not change are set first.
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

/** Refuses a session with write access although its URL is a reader's. */
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
