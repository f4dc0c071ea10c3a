// Signed values in cookies and forms (JSON Web Tokens), and the server's signing key.

import { errors, jwtVerify, SignJWT, type CryptoKey } from 'jose';
import { randomBytes, randomUUID, webcrypto } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/make-folder.js';

/** The purpose of a token, its audience (`aud`); a token is valid for one purpose only. */
export type TokenPurpose = 'session' | 'form' | 'oidc';

const algorithm = 'HS256';

/**
 * Signs values that browsers keep, so that the server recognises them (RFC 7519 by `jose`). Whoever holds a token
 * can read it: it contains no secrets of the server.
 */
export class TokenSigner {
  readonly #key: CryptoKey;
  readonly #now: () => Date;

  constructor(key: CryptoKey, now: () => Date) {
    this.#key = key;
    this.#now = now;
  }

  /**
   * A value as a token, in characters that cookies and addresses allow.
   *
   * @param until - When the token expires, in milliseconds since 1970; to the second.
   */
  sign(purpose: TokenPurpose, value: Record<string, unknown>, until: number): Promise<string> {
    return new SignJWT(value)
      .setProtectedHeader({ alg: algorithm })
      .setAudience(purpose)
      .setExpirationTime(Math.floor(until / 1000))
      .sign(this.#key);
  }

  /** The value of a token; undefined when it is no token of this server and purpose, or has expired. */
  async verify(
    purpose: TokenPurpose,
    token: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const rules = { algorithms: [algorithm], audience: purpose, requiredClaims: ['exp'] };
    try {
      const { payload } = await jwtVerify(token, this.#key, { ...rules, currentDate: this.#now() });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

/** The signing key of a folder; created when missing. Deleting the file signs everybody out. */
export async function readSigningKey(folder: string): Promise<CryptoKey> {
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
  return importKey(key);
}

/** A key of 32 bytes, ready to sign and to verify. */
export function importKey(key: Uint8Array): Promise<CryptoKey> {
  const use = { name: 'HMAC', hash: 'SHA-256' };
  return webcrypto.subtle.importKey('raw', key, use, false, ['sign', 'verify']);
}
