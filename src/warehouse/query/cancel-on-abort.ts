// Cancellation of a running query.

import type { Pool, PoolClient } from 'pg';

/**
 * Cancels a connection's running query when the signal is aborted, by a second connection.
 *
 * @returns Stops listening.
 */
export async function cancelOnAbort(
  pool: Pool,
  client: PoolClient,
  signal: AbortSignal,
): Promise<() => void> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const cancel = (): void => {
    // The connection may be closed already; then there is nothing to cancel.
    pool.query('select pg_cancel_backend($1)', [rows[0]?.pid]).catch(() => undefined);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
  };
}
