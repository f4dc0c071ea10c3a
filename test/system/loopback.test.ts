import { expect, test } from 'vitest';
import { isLoopback } from '../../src/system/loopback.js';

test('addresses of this machine are told from others', () => {
  expect(['::1', '127.0.0.53', '::ffff:127.0.0.1', '10.0.0.1'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
