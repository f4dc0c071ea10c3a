import { expect, test } from 'vitest';
import { addressKey, RateLimiter } from '../../src/http/rate-limiter.js';

test('turns come back with time, and no more than a burst of them', () => {
  let now = 0;
  const limiter = new RateLimiter(3, 60, () => now);
  expect([1, 2, 3, 4].map(() => limiter.take('a'))).toEqual([0, 0, 0, 1]);
  expect(limiter.take('b')).toBe(0);
  now += 1000;
  expect([limiter.take('a'), limiter.take('a')]).toEqual([0, 1]);
  now += 3_600_000;
  expect([1, 2, 3, 4].map(() => limiter.take('a'))).toEqual([0, 0, 0, 1]);
  // A clock that is set back gives and takes nothing.
  now -= 3_600_000;
  expect(limiter.take('a')).toBe(1);
});

test('an address of IPv6 counts as its network', () => {
  expect(addressKey('192.0.2.1')).toBe('192.0.2.1');
  expect(addressKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
  const key = '2001:db8:1:2::/64';
  expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe(key);
  expect(addressKey('2001:db8:1:2::9')).toBe(key);
  expect(addressKey('2001:db8::9')).toBe('2001:db8:0:0::/64');
});
