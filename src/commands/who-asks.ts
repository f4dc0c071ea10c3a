// Who gives a command, for histories that name people.

import { userInfo } from 'node:os';

/** Who gives the command, as the history shows it. */
export function whoAsks(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run as users that have no name.
    return `user ${process.getuid?.() ?? ''}`;
  }
}
