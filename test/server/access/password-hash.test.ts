import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../../src/server/access/password-hash.js';

test('a password is the one of its hash alone', async () => {
  const hash = await hashPassword('caf\u00e9 au lait');
  expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
  // The same letters, composed otherwise.
  expect(await verifyPassword('cafe\u0301 au lait', hash)).toBe(true);
  expect(await verifyPassword('cafe au lait', hash)).toBe(false);
  expect(await verifyPassword('', undefined)).toBe(false);
  expect(await verifyPassword('x', 'not a hash')).toBe(false);
  expect(await hashPassword('caf\u00e9 au lait')).not.toBe(hash);
});
