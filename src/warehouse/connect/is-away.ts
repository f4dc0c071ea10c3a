import { sqlstateOf } from '../query/sqlstate.js';

/**
 * Of Postgres's states those that say that it cannot be asked now: its connection (08), its resources
 * (53), its shutdown and start (57P), and a database or a role that is not there,
 * as while it is put back from a backup (28, 3D).
 */
const away = /^(?:08...|53...|57P..|28...|3D...)$/;

/**
 * Whether the warehouse could not be asked, in contrast to an answer that nobody can use. Errors of the
 * connection come from Node, with a code of the system, or from pg, as plain errors without any.
 */
export function isAway(error: unknown): boolean {
  const state = sqlstateOf(error);
  if (state !== undefined) return away.test(state);
  if (!(error instanceof Error)) return false;
  // A name that leads to several addresses fails for all of them.
  return error.name === 'Error' || (error.name === 'AggregateError' && 'code' in error);
}
