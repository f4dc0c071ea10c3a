import fc from 'fast-check';
import { SignJWT, UnsecuredJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importKey, readSigningKey, TokenSigner } from '../../../src/server/access/signed-token.js';
import { temporaryFolder } from '../../temporary-folder.js';

const begin = Date.UTC(2026, 10, 30);
const until = begin + 60_000;

test('a token is of one server, for one purpose, whole, and holds until it expires', async () => {
  const folder = temporaryFolder();
  let now = new Date(begin);
  const signer = new TokenSigner(await readSigningKey(folder), () => now);
  const token = await signer.sign('form', { a: 1 }, until);
  expect(await signer.verify('form', token)).toMatchObject({ a: 1 });
  expect(await signer.verify('session', token)).toBeUndefined();
  const again = new TokenSigner(await readSigningKey(folder), () => now);
  expect(await again.verify('form', token)).toMatchObject({ a: 1 });
  const other = new TokenSigner(await importKey(randomBytes(32)), () => now);
  expect(await other.verify('form', token)).toBeUndefined();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(token.length - 1),
      fc.constantFrom('A', 'b', '.', '_'),
      async (index, letter) => {
        const changed = token.slice(0, index) + letter + token.slice(index + 1);
        // The last letter of base64 has bits that mean nothing.
        if (changed === token || index === token.length - 1) return;
        expect(await signer.verify('form', changed)).toBeUndefined();
      },
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
      expect(await signer.verify('form', text)).toBeUndefined();
    }),
  );
  now = new Date(until - 1000);
  expect(await signer.verify('form', token)).toBeDefined();
  now = new Date(until);
  expect(await signer.verify('form', token)).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['session.key']);
});

test('no token without a signature, without an end, or by another algorithm', async () => {
  const folder = temporaryFolder();
  const signer = new TokenSigner(await readSigningKey(folder), () => new Date(begin));
  const bytes = Buffer.from(readFileSync(join(folder, 'session.key'), 'utf8'), 'hex');
  const claims = () => new SignJWT({ a: 1 }).setAudience('form');
  const endless = await claims().setProtectedHeader({ alg: 'HS256' }).sign(bytes);
  const otherwise = await claims()
    .setExpirationTime(until / 1000)
    .setProtectedHeader({ alg: 'HS512' })
    .sign(Buffer.concat([bytes, bytes]));
  const unsigned = new UnsecuredJWT({ a: 1 }).setAudience('form').setExpirationTime(until / 1000);
  for (const token of [endless, otherwise, unsigned.encode()]) {
    expect(await signer.verify('form', token)).toBeUndefined();
  }
});
