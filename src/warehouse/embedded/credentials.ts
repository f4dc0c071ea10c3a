// Passwords of the embedded Postgres's roles.

import { randomBytes } from 'node:crypto';
import { closeSync, fchownSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DaybookError } from '../../errors.js';
import type { ServerUser } from './server-user.js';

/** The passwords of the two roles. */
export interface Credentials {
  /** Of `daybook`, who owns everything. */
  readonly owner: string;
  /** Of `daybook_reader`. */
  readonly reader: string;
}

/**
 * The file of the passwords. It is in the data folder, so that both are created by one `rename` and cannot
 * disagree; Postgres ignores unknown files.
 */
export function credentialsFile(data: string): string {
  return join(data, 'daybook-credentials.json');
}

/** New random passwords; hexadecimal, so that they need no escaping. */
export function newCredentials(): Credentials {
  return { owner: randomBytes(24).toString('hex'), reader: randomBytes(24).toString('hex') };
}

/** Reads the passwords of an initialised data folder. */
export function readCredentials(data: string): Credentials {
  const file = credentialsFile(data);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  } catch (cause) {
    throw new DaybookError(
      'EMBEDDED_START_FAILED',
      `The embedded Postgres cannot be used: ${file} cannot be read`,
      {
        cause,
        hint: 'Run as the user who owns that folder, or as root; or set DATABASE_URL to another Postgres',
      },
    );
  }
}

/**
 * Creates a file that only one user may read. It must not exist: as root, nothing that the server's user may have
 * put there is written through.
 */
export function writeSecret(file: string, text: string, owner: ServerUser | undefined): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    if (owner !== undefined) fchownSync(descriptor, owner.uid, owner.gid);
    writeSync(descriptor, text);
    fsyncSync(descriptor); // Without its passwords a cluster is of no use to anybody.
  } finally {
    closeSync(descriptor);
  }
}
