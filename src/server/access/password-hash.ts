// Hashing and verification of passwords (scrypt).

import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

/**
 * The cost parameters of scrypt: 32 MB and about a quarter of a second. OWASP's password storage cheat sheet lists
 * several of equal strength; this one takes least memory, for small servers.
 */
const cost = { logN: 15, r: 8, p: 3 } as const;

const keyLength = 32;

/** The hash of a password, in the PHC string format: `$scrypt$ln=15,r=8,p=3$SALT$KEY`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${unpadded(salt)}$${unpadded(key)}`;
}

const format = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/-]+)\$([\w+/-]+)$/;

/** The hash of no password: an unknown name takes as long as a known one. */
const noPassword = `$scrypt$ln=${cost.logN},r=${cost.r},p=${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * Whether a password matches a hash. Takes equally long for every result.
 *
 * @param hash - Of {@link hashPassword}; undefined: there is no such user.
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, logN, r, p, salt = '', key = ''] = format.exec(hash ?? noPassword) ?? [];
  const expected = Buffer.from(key, 'base64');
  if (expected.length !== keyLength) return false;
  const parameters = { logN: Number(logN), r: Number(r), p: Number(p) };
  const found = await derive(password, Buffer.from(salt, 'base64'), parameters);
  return timingSafeEqual(found, expected) && hash !== undefined;
}

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

function derive(password: string, salt: Buffer, { logN, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** logN;
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  return new Promise((resolve, reject) => {
    // Keyboards write the same letter composed or decomposed (RFC 8265, section 4.2).
    scrypt(password.normalize('NFC'), salt, keyLength, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
