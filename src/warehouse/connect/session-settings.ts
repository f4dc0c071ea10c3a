// Settings of all sessions.

/**
 * Settings of every session, whatever the defaults of server, database or role: values arrive in the notation that
 * the value mapping reads, no date depends on an implicit zone, SQL means what its parser has read, and whoever
 * waited for a lock sees what its holder did. Time limits of a role, meant for people, do not end a run, which may
 * compute for longer between two statements.
 */
export const sessionSettings = {
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
};

/** Limits of read-only sessions, so that no forgotten query blocks the warehouse. */
export const readerSettings = {
  default_transaction_read_only: 'on',
  statement_timeout: '60s',
  idle_in_transaction_session_timeout: '60s',
};

/** The mark of a reader URL that is the owner's, where no reader role is available. */
export const readsAsOwner = 'daybook.reads_as_owner';

/** Settings since Postgres 17, which older versions refuse at the start of a session. */
const laterSettings = { transaction_timeout: '0' };

/**
 * Adds server settings to a URL's `options` parameter, as `-c name=value`.
 *
 * @param url - A `postgres://` URL; its existing options come last, so they win.
 * @param settings - Names and values of server settings.
 */
export function withSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const result = new URL(url);
  const added = Object.entries(settings).map(
    ([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`,
  );
  const parameters = new Map(result.searchParams);
  parameters.set('options', [...added, parameters.get('options') ?? ''].join(' ').trim());
  // Not searchParams.set, which writes blanks as "+": psql does not read them as blanks.
  result.search = [...parameters]
    .map((pair) => pair.map((text) => encodeURIComponent(text)).join('='))
    .join('&');
  return result.href;
}

/**
 * The settings in a URL's `options`, parsed as by Postgres: words with backslashes before blanks, each setting as
 * `-c name=value`, `-cname=value` or `--name=value`; the last one of a name wins.
 */
export function settingsOf(url: string): ReadonlyMap<string, string> {
  const options = new URL(url).searchParams.get('options') ?? '';
  const words = (options.match(/(?:\\[^]|[^\\\s])+/g) ?? []).map((word) =>
    word.replace(/\\([^])/g, '$1'),
  );
  const settings = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const isPair = word === '-c';
    const setting = isPair ? (words[at + 1] ?? '') : word.replace(/^(?:-c|--)/, '');
    if (isPair) at += 1;
    const [, name, value] = /^([^=]+)=([^]*)$/.exec(setting) ?? [];
    if (name !== undefined && value !== undefined) settings.set(name.replaceAll('-', '_'), value);
  }
  return settings;
}

/**
 * The settings that a session of this URL must have, for one that began without its `options`: Daybook's, with the
 * values of the URL. Other settings of the URL are left to its author.
 */
export function requiredSettings(url: string): Record<string, string> {
  const given = settingsOf(url);
  const own = Object.keys({ ...sessionSettings, ...readerSettings });
  const asked = own.flatMap((name) => {
    const value = given.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...laterSettings, ...Object.fromEntries(asked) };
}
