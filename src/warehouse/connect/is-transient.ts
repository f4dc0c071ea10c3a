// Which errors of the warehouse pass by themselves, so that the same work may be tried again.

import { DaybookError } from '../../errors.js';
import { sqlstateOf } from '../query/sqlstate.js';

/**
 * SQLSTATEs of transient errors: lost connections (class 08), serialization failures and deadlocks, a server that
 * stops or starts, too many connections, and locks that are not available.
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html)
 */
const transientStates = /^(?:08...|40001|40P01|53300|55P03|57P0[123])$/;

/** Node's codes of connections that fail or break. */
const networkCodes =
  /^E(?:CONNREFUSED|CONNRESET|CONNABORTED|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN)$/;

/** The driver's own messages of a lost connection, which have no code. */
const lostConnection =
  /^(?:Connection terminated\b|timeout expired$|Client has encountered a connection error\b)/;

/** Whether an error or its cause is transient. */
export function isTransient(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state !== undefined) return transientStates.test(state);
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  if (error instanceof DaybookError) return error.exitCode === 75 || isTransient(error.cause);
  if (typeof code === 'string' && networkCodes.test(code)) return true;
  return lostConnection.test(error.message) || isTransient(error.cause);
}

/**
 * Whether a message that came through a kernel, of whose error nothing else is left, says that a connection was lost.
 */
export function saysConnectionLost(message: string): boolean {
  return /terminating connection|Connection terminated|server closed the connection|ECONNRE(?:SET|FUSED)|the database system is /.test(
    message,
  );
}
