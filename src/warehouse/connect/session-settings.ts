/**
 * Settings of every session of Daybook, whatever the defaults of server, database or role are: values
 * arrive in the one notation that the value mapping reads, no calendar word depends on a zone that
 * nobody wrote down, SQL means what its parser has read, and who has waited for a lock sees what its
 * holder has done. Limits of time that a role was given for people do not end a run, which may compute
 * between two statements for longer than anybody types.
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

/** Limits of a session that only reads, so that no forgotten query holds the warehouse up. */
export const readerSettings = {
  default_transaction_read_only: 'on',
  statement_timeout: '60s',
  idle_in_transaction_session_timeout: '60s',
};

/** Marks the URL of a reader that is the owner itself, since no role can be had for reading. */
export const readsAsOwner = 'daybook.reads_as_owner';

/** Settings since Postgres 17, which older ones refuse when a session begins. */
const laterSettings = { transaction_timeout: '0' };

/**
 * A URL with more server settings in its `options` parameter, as `-c name=value`.
 *
 * @param url - A `postgres://` URL; options that it already has are kept and come last, so they win.
 * @param settings - Names and values of server settings.
 */
export function withSettings(url: string, settings: Readonly<Record<string, string>>): string {
  const result = new URL(url);
  const added = Object.entries(settings).map(
    ([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`,
  );
  const parameters = new Map(result.searchParams);
  parameters.set('options', [...added, parameters.get('options') ?? ''].join(' ').trim());
  // Not searchParams.set: it writes blanks as "+", which psql does not read back as blanks.
  result.search = [...parameters]
    .map((pair) => pair.map((text) => encodeURIComponent(text)).join('='))
    .join('&');
  return result.href;
}

/**
 * The settings in a URL's `options`, as Postgres reads them: words with backslashes before blanks, each
 * setting as `-c name=value`, `-cname=value` or `--name=value`; the last one of a name wins.
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
 * The settings that a session of this URL must have, for one that begins without its `options`: those
 * of Daybook, with the values that the URL gives them. Others of the URL's own stay with whoever wrote them.
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
