// The system user that notebooks run as (DAYBOOK_NOTEBOOK_USER).

import type { Config } from '../../config/config.js';
import { ConfigError } from '../../errors.js';
import { readUsers, type SystemUser } from '../../system/system-users.js';
import { serverUserFor } from '../../warehouse/embedded/server-user.js';

/** The settings of the user of notebooks, and the paths that must be inaccessible to it. */
export type NotebookUserConfig = Pick<
  Config,
  'notebookUser' | 'databaseUrl' | 'readerUrl' | 'home'
>;

/**
 * The user of kernels, so that no cell reads the owner's password, the session key, or the environment of the
 * parent process.
 *
 * @param isRoot - Whether this process may switch users.
 * @param users - The users of the system.
 * @returns Undefined where none is set: kernels run as the user of this process.
 * @throws ConfigError when protected paths would be accessible, or the user is unknown.
 */
export function notebookUser(
  { notebookUser: name, databaseUrl, readerUrl, home }: NotebookUserConfig,
  isRoot = process.getuid?.() === 0,
  users = name === undefined || !isRoot ? [] : readUsers(),
): SystemUser | undefined {
  if (name === undefined) return undefined;
  const refuse = (reason: string) => new ConfigError([`DAYBOOK_NOTEBOOK_USER: ${reason}`]);
  if (!isRoot) throw refuse('only root runs notebooks as another user, and this process is not');
  const user = users.find((one) => one.name === name);
  if (user === undefined) throw refuse(`there is no user "${name}" in /etc/passwd`);
  if (user.uid === 0) throw refuse(`"${name}" is root, who can read everything`);
  if (databaseUrl !== undefined && readerUrl === undefined) {
    throw refuse(
      'needs DAYBOOK_READER_URL, since without it notebooks read with the URL of the owner',
    );
  }
  if (databaseUrl === undefined && serverUserFor(home)?.uid === user.uid) {
    throw refuse(`the embedded Postgres runs as "${name}", who can read its files: name another`);
  }
  return user;
}
