import type { Config } from '../../config/config.js';
import { ConfigError } from '../../errors.js';
import { readUsers, type SystemUser } from '../../system/system-users.js';
import { serverUserFor } from '../../warehouse/embedded/server-user.js';

/** The settings that say as whom notebooks run, and what those must not reach. */
export type NotebookUserConfig = Pick<
  Config,
  'notebookUser' | 'databaseUrl' | 'readerUrl' | 'home'
>;

/**
 * As whom kernels run, so that no cell reads the owner's password, the key of sessions, or the environment
 * of the process that started it.
 *
 * @param isRoot - Whether this process may become another user.
 * @param users - Those of the operating system.
 * @returns Undefined where none is set: kernels run as the user of this process.
 * @throws ConfigError when notebooks would reach what they are kept from, or the user cannot be had.
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
