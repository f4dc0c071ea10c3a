// Protection of the sign-in redirect against open redirects.

/**
 * The local path to redirect to after sign-in. Everything that a browser could take for another site (`//host`,
 * `/\host`, schemes, control characters, which browsers drop) becomes the home page.
 */
export function localPath(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > 2000) return '/';
  // eslint-disable-next-line no-control-regex
  if (!/^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/.test(asked)) return '/';
  const nowhere = 'http://daybook.invalid';
  if (!URL.canParse(asked, nowhere)) return '/';
  const { origin, pathname, search } = new URL(asked, nowhere);
  // Dot segments may leave two slashes at the beginning.
  return origin === nowhere && !pathname.startsWith('//') ? pathname + search : '/';
}
