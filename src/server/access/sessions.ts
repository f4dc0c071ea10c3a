// Sessions of people who have signed in, and their revocation.

import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { SignInMethod } from '../../config/environment/access-config.js';
import type { Logger } from '../../logger.js';
import { DailyFiles } from './daily-files.js';
import type { TokenSigner } from './signed-token.js';
import { readUsers, usersFile, type User } from './users.js';

/** A person who has signed in. */
export interface Viewer {
  readonly name: string;
  readonly groups: readonly string[];
  readonly method: SignInMethod;
  /** Begin and end of the session, in milliseconds since 1970. */
  readonly session: { readonly id: string; readonly from: number; readonly to: number };
}

/** The claims of a session's cookie, in short names: browsers keep 4 kB of it. */
const sessionSchema = z.object({
  id: z.string(),
  name: z.string(),
  method: z.enum(['password', 'oidc']),
  /** The provider's groups; groups of users with passwords are read from the file of users. */
  groups: z.array(z.string()),
  /** The begin, in milliseconds since 1970: finer than JWT's own `iat`, for sessions that are revoked by instant. */
  from: z.number(),
  /** JWT's expiration time, in seconds since 1970. */
  exp: z.number(),
});

/** How often the files are checked for changes, in milliseconds. */
const freshMs = 1000;

/** The limit of a provider's group names in a cookie, in bytes. */
const maxGroupBytes = 2500;

/** A revocation: of one session, or of all sessions of a name that began before an instant. */
export type SignOut =
  | { readonly session: string }
  /** In milliseconds since 1970. */
  | { readonly name: string; readonly before: number };

/** The log of sign-outs that all server processes share; it keeps entries for the longest session. */
export function signOutFiles(folder: string, sessionHours: number, now: () => Date): DailyFiles {
  const keepDays = Math.ceil(sessionHours / 24) + 1;
  return new DailyFiles({ folder, name: 'signed-out', keepDays }, now);
}

/**
 * Sessions of viewers. A session is a signed cookie, so it survives restarts, holds on every server process, and
 * while the warehouse is away. Early revocation (sign-out, a new password, a removed user) is written to files
 * that all processes read.
 */
export class Sessions {
  readonly #folder: string;
  readonly #hours: number;
  readonly #signer: TokenSigner;
  readonly #signOuts: DailyFiles;
  readonly #logger: Logger;
  readonly #now: () => Date;
  #users: ReadonlyMap<string, User> = new Map();
  #ended = new Set<string>();
  #endedBefore = new Map<string, number>();
  #version = '';
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(
    { folder, hours, signer }: { folder: string; hours: number; signer: TokenSigner },
    logger: Logger,
    now: () => Date,
  ) {
    this.#folder = folder;
    this.#hours = hours;
    this.#signer = signer;
    this.#signOuts = signOutFiles(folder, hours, now);
    this.#logger = logger;
    this.#now = now;
  }

  /** The users with passwords, by the current file. */
  async users(): Promise<ReadonlyMap<string, User>> {
    await this.#refresh();
    return this.#users;
  }

  /** Begins a session; returns the cookie's value and its lifetime in seconds. */
  async begin(
    person: Pick<Viewer, 'name' | 'groups' | 'method'>,
  ): Promise<{ token: string; seconds: number }> {
    const from = this.#now().getTime();
    const seconds = this.#hours * 3600;
    const claims = {
      id: randomUUID(),
      name: person.name,
      method: person.method,
      groups: person.method === 'password' ? [] : fitting(person.groups),
      from,
    };
    const token = await this.#signer.sign('session', claims, from + seconds * 1000);
    return { token, seconds };
  }

  /** The viewer of a session's cookie; undefined when it is invalid, expired or revoked. */
  async viewer(token: string): Promise<Viewer | undefined> {
    const parsed = sessionSchema.safeParse(await this.#signer.verify('session', token));
    if (!parsed.success) return undefined;
    const { id, name, method, groups, from, exp } = parsed.data;
    const claimed = { name, groups, method, session: { id, from, to: exp * 1000 } };
    if (!(await this.holds(claimed))) return undefined;
    if (method === 'oidc') return claimed;
    return { ...claimed, groups: this.#users.get(name)?.groups ?? [] };
  }

  /** Whether a session is still valid. */
  async holds({ name, method, session: { id, from, to } }: Viewer): Promise<boolean> {
    await this.#refresh();
    if (this.#now().getTime() >= to || this.#ended.has(id)) return false;
    if (from < (this.#endedBefore.get(name) ?? 0)) return false;
    return method === 'oidc' || this.#users.has(name);
  }

  /** Revokes one session on all processes. */
  async end({ session }: Viewer): Promise<void> {
    this.#ended.add(session.id);
    await this.#signOuts.append({ session: session.id } satisfies SignOut);
  }

  /** Reads the files when they have changed, at most once a second. */
  #refresh(): Promise<void> {
    // The monotonic clock: with the wall clock set back a removed user would keep access.
    const now = performance.now();
    if (now - this.#lookedAt < freshMs) return this.#looking ?? Promise.resolve();
    this.#lookedAt = now;
    this.#looking = this.#read()
      // The last known state holds until the files can be read again.
      .catch((error: unknown) => {
        this.#logger.error(
          `users and sign-outs cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        );
      })
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #read(): Promise<void> {
    const users = await stat(usersFile(this.#folder)).catch(() => undefined);
    const version = [
      users?.mtimeMs,
      users?.size,
      users?.ino,
      await this.#signOuts.version(),
    ].join();
    if (version === this.#version) return;
    const [known, signOuts] = [await readUsers(this.#folder), await this.#signOuts.read()];
    this.#users = known;
    this.#ended = new Set(
      signOuts.flatMap(({ session }) => (typeof session === 'string' ? [session] : [])),
    );
    this.#endedBefore = new Map();
    for (const { name, before } of signOuts) {
      if (typeof name !== 'string' || typeof before !== 'number') continue;
      this.#endedBefore.set(name, Math.max(before, this.#endedBefore.get(name) ?? 0));
    }
    this.#version = version;
  }
}

/** As many groups as fit in a cookie. */
function fitting(groups: readonly string[]): string[] {
  let bytes = 0;
  return groups.filter((group) => (bytes += Buffer.byteLength(group) + 3) <= maxGroupBytes);
}
