// The file of users with passwords: names, groups, password hashes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../files/atomic-write.js';
import { DaybookError } from '../../errors.js';

/** A user who signs in with a password. */
export interface User {
  readonly name: string;
  /** The password's hash. */
  readonly password: string;
  readonly groups: readonly string[];
}

const usersSchema = z.object({
  users: z.array(
    z.object({ name: z.string(), password: z.string(), groups: z.array(z.string()).default([]) }),
  ),
});

/** The path of the file of users in the folder of access control. */
export function usersFile(folder: string): string {
  return join(folder, 'users.json');
}

/**
 * The canonical spelling of a user name: names are compared without regard to case.
 *
 * @returns Undefined for an invalid name.
 */
export function userName(text: string): string | undefined {
  const name = text.normalize('NFKC').trim().toLowerCase();
  return /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,99}$/u.test(name) ? name : undefined;
}

/**
 * Reads the users by name; empty when there is no file.
 *
 * @throws DaybookError `USERS_INVALID` when the file is not of the form that {@link writeUsers} writes.
 */
export async function readUsers(folder: string): Promise<ReadonlyMap<string, User>> {
  const file = usersFile(folder);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw unreadable(file, error);
  }
  try {
    const { users } = usersSchema.parse(JSON.parse(text));
    return new Map(users.map((user) => [user.name, user]));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Writes the users, readable by the file's owner only. */
export async function writeUsers(folder: string, users: ReadonlyMap<string, User>): Promise<void> {
  const content = `${JSON.stringify({ users: [...users.values()] }, null, 2)}\n`;
  await writeAtomically(usersFile(folder), content, { makeFolders: true, mode: 0o600 });
}

function unreadable(file: string, cause: unknown): DaybookError {
  return new DaybookError('USERS_INVALID', 'The file of users cannot be read', {
    where: file,
    cause,
    hint: 'Mend it, or move it away and add the users anew with daybook users add',
  });
}
