import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSigningKey, TokenSigner } from '../../../src/server/access/signed-token.js';
import { temporaryFolder } from '../../temporary-folder.js';

test('a token is of one server, for one purpose, and whole', async () => {
  const folder = temporaryFolder();
  const signer = new TokenSigner(await readSigningKey(folder));
  const token = signer.sign('form', { a: 1 });
  expect(signer.verify('form', token)).toEqual({ a: 1 });
  expect(signer.verify('session', token)).toBeUndefined();
  expect(new TokenSigner(await readSigningKey(folder)).verify('form', token)).toEqual({ a: 1 });
  expect(new TokenSigner(Buffer.alloc(32)).verify('form', token)).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '.', '_'), (index, letter) => {
      const changed = token.slice(0, index) + letter + token.slice(index + 1);
      // The last letter of base64 has bits that mean nothing.
      if (changed === token || index === token.length - 1) return;
      expect(signer.verify('form', changed)).toBeUndefined();
    }),
  );
  expect(readdirSync(folder)).toEqual(['session.key']);
});
