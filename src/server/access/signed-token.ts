import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/make-folder.js';

/** What a token is for; one of one kind is no token of another. */
export type TokenPurpose = 'session' | 'form' | 'oidc';

/**
 * Signs values that browsers keep for the server, so that it recognises its own (HMAC-SHA-256). They
 * can be read by who holds them, and hold no secrets of the server's.
 */
export class TokenSigner {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A value as a token; letters that cookies and addresses take as they are. */
  sign(purpose: TokenPurpose, value: object): string {
    const payload = Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${payload}.${this.#mac(purpose, payload).toString('base64url')}`;
  }

  /** The value of a token; undefined when this server did not sign it for this purpose. */
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

/** The key in this folder; made where there is none. Whoever takes it away signs everybody out. */
export async function readSigningKey(folder: string): Promise<Buffer> {
  const file = join(folder, 'session.key');
  const fresh = `${file}.${randomUUID()}`;
  makeFolder(folder, 0o700);
  await writeFile(fresh, randomBytes(32).toString('hex'), { mode: 0o600 });
  try {
    // Complete at once, and never over the key of another process.
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
