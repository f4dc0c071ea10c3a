// Which errors mean that the warehouse is unreachable.

import { sqlstateOf } from '../query/sqlstate.js';

/**
 * SQLSTATEs of an unavailable server: connection (08), resources (53), shutdown and start (57P), and a missing
 * database or role (28, 3D), as while it is restored from a backup.
 */
const unreachableStates = /^(?:08...|53...|57P..|28...|3D...)$/;

/**
 * Whether an error means that the warehouse is unreachable, rather than that a query is wrong. Connection errors
 * come from Node, with a system code, or from pg, as plain errors without any.
 */
export function isUnreachable(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state !== undefined) return unreachableStates.test(state);
  if (!(error instanceof Error)) return false;
  // A host with several addresses fails for all of them.
  return error.name === 'Error' || (error.name === 'AggregateError' && 'code' in error);
}
