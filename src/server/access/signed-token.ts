// Signed values in cookies and forms (HMAC), and the server's signing key.

import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/make-folder.js';

/** The purpose of a token; a token is valid for one purpose only. */
export type TokenPurpose = 'session' | 'form' | 'oidc';

/**
 * Signs values that browsers keep, so that the server recognises them (HMAC-SHA-256). Whoever holds a token can
 * read it: it contains no secrets of the server.
 */
export class TokenSigner {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A value as a token, in characters that cookies and addresses allow. */
  sign(purpose: TokenPurpose, value: object): string {
    const payload = Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${payload}.${this.#mac(purpose, payload).toString('base64url')}`;
  }

  /** The value of a token; undefined when the signature or the purpose is wrong. */
  verify(purpose: TokenPurpose, token: string): Record<string, unknown> | undefined {
    const [payload = '', signature = '', more] = token.split('.');
    const given = Buffer.from(signature, 'base64url');
    const expected = this.#mac(purpose, payload);
    if (more !== undefined || given.length !== expected.length) return undefined;
    if (!timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  }

  #mac(purpose: TokenPurpose, payload: string): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}.${payload}`).digest();
  }
}

/** The signing key of a folder; created when missing. Deleting the file signs everybody out. */
export async function readSigningKey(folder: string): Promise<Buffer> {
  const file = join(folder, 'session.key');
  const fresh = `${file}.${randomUUID()}`;
  makeFolder(folder, 0o700);
  await writeFile(fresh, randomBytes(32).toString('hex'), { mode: 0o600 });
  try {
    // The link appears with its whole content, and never replaces the key of another process.
    await link(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
  if (key.length !== 32) throw new Error(`${file} does not hold a key of 32 bytes`);
  return key;
}
