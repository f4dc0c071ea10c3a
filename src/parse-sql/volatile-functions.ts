// Volatile SQL functions: results that depend on the time or session.

/**
 * Functions that Postgres calls stable, since their result is constant within a statement, but that depend on the
 * time or session. Other stable ones depend on settings that are the same in all sessions of Daybook, like the
 * time zone. Functions that Postgres calls volatile need not be listed.
 */
const timeAndSession = new Set([
  ...['now', 'transaction_timestamp', 'statement_timestamp'],
  ...['current_setting', 'current_schema', 'current_schemas', 'current_database', 'version'],
]);

/** Families of functions on the session, transactions or the server's state; those that wait have no result. */
const families = /^(?:pg_(?!sleep|advisory_)|txid_|has_|inet_(?:client|server)_|row_security_)/;

/** Members of these families that depend on their arguments alone. */
const aboutArguments = new Set(['pg_typeof', 'pg_get_serial_sequence', 'pg_size_bytes']);

/**
 * Whether a stable function of Postgres has another result at another time or in another session.
 *
 * @param name - As in `pg_proc`.
 * @param argumentCount - `age(x)` counts from today, `age(x, y)` does not.
 */
export function dependsOnSession(name: string, argumentCount: number): boolean {
  if (timeAndSession.has(name)) return true;
  if (name === 'age') return argumentCount === 1;
  return families.test(name) && !aboutArguments.has(name);
}

/** Common functions that Postgres calls volatile, for texts that are analysed without a server. */
const volatileFunctions = new Set([
  ...['clock_timestamp', 'timeofday', 'random', 'random_normal', 'setseed', 'set_config'],
  ...['gen_random_uuid', 'uuidv4', 'uuidv7', 'nextval', 'currval', 'lastval', 'setval'],
]);

/** Whether a function is volatile in either sense, by its name. */
export function isVolatileName(name: string, argumentCount: number): boolean {
  return volatileFunctions.has(name) || dependsOnSession(name, argumentCount);
}

/** Words in a date or time literal that mean the current time. */
export const timeWord = /\b(?:now|today|tomorrow|yesterday)\b/i;
