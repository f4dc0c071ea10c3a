/**
 * A path of the dashboard's own from what an address asks for, to go to after signing in. Everything
 * that a browser could take for another place (`//host`, `/\host`, schemes, control characters, which
 * browsers drop) is the home page.
 */
export function localPath(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > 2000) return '/';
  // eslint-disable-next-line no-control-regex
  if (!/^\/(?![/\\])[^\\\u0000-\u0020\u007f]*$/.test(asked)) return '/';
  const nowhere = 'http://daybook.invalid';
  if (!URL.canParse(asked, nowhere)) return '/';
  const { origin, pathname, search } = new URL(asked, nowhere);
  // Dots in the path may leave two slashes at its beginning.
  return origin === nowhere && !pathname.startsWith('//') ? pathname + search : '/';
}
