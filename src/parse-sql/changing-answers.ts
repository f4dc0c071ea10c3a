/**
 * Functions that Postgres calls stable, since their answer is one within a statement, and whose answer depends on
 * when or in which session they are asked. Others that are stable depend on settings that are the same in all
 * sessions of Daybook, like the time zone. What Postgres calls volatile need not be listed: it says so itself.
 */
const timeAndSession = new Set([
  ...['now', 'transaction_timestamp', 'statement_timestamp'],
  ...['current_setting', 'current_schema', 'current_schemas', 'current_database', 'version'],
]);

/**
 * Functions of these families look at the session, at transactions or at what the server holds; those that wait
 * give no answer.
 */
const families = /^(?:pg_(?!sleep|advisory_)|txid_|has_|inet_(?:client|server)_|row_security_)/;

/** Of these families, but about their arguments alone. */
const aboutArguments = new Set(['pg_typeof', 'pg_get_serial_sequence', 'pg_size_bytes']);

/**
 * Whether a stable function of Postgres's own gives another answer at another time or in another session.
 *
 * @param name - As in `pg_proc`.
 * @param argumentCount - How many it is called with: `age(x)` counts from today, `age(x, y)` does not.
 */
export function dependsOnSession(name: string, argumentCount: number): boolean {
  if (timeAndSession.has(name)) return true;
  if (name === 'age') return argumentCount === 1;
  return families.test(name) && !aboutArguments.has(name);
}

/**
 * Functions that Postgres calls volatile and that somebody may write, for texts that are looked at without a server.
 */
const volatileFunctions = new Set([
  ...['clock_timestamp', 'timeofday', 'random', 'random_normal', 'setseed', 'set_config'],
  ...['gen_random_uuid', 'uuidv4', 'uuidv7', 'nextval', 'currval', 'lastval', 'setval'],
]);

/** The same of a function of either kind, as far as its name tells. */
export function mayChange(name: string, argumentCount: number): boolean {
  return volatileFunctions.has(name) || dependsOnSession(name, argumentCount);
}

/** Words that a literal of a date or time may hold and that mean the time at which it is read. */
export const timeWord = /\b(?:now|today|tomorrow|yesterday)\b/i;
