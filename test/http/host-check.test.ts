import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostCheck } from '../../src/http/host-check.js';

test('a Host header names the dashboard by what the settings say, and by no part of that', () => {
  const settings = { publicOrigin: 'https://Reports.example.org:8443', allowedHosts: ['inner'] };
  const none = { publicOrigin: undefined, allowedHosts: [] };
  const onLoopback = hostCheck('127.0.0.1', settings);
  for (const host of ['localhost', '127.0.0.1:1', '[::1]:2', 'REPORTS.example.org', 'inner:3']) {
    expect([host, onLoopback(host)]).toEqual([host, true]);
  }
  const odd = ['reports.example.org.', 'xinner', 'inner.x', '10.0.0.1', 'inner:3:4', 'inner:', ' '];
  for (const host of odd) expect([host, onLoopback(host)]).toEqual([host, false]);
  expect(hostCheck('localhost', none)('inner')).toBe(false);
  // Elsewhere only once names are allowed; addresses cannot be made to lead here.
  expect(hostCheck('0.0.0.0', none)('whatever')).toBe(true);
  const onAll = hostCheck('0.0.0.0', settings);
  expect(['whatever', 'inner', '10.0.0.1'].map(onAll)).toEqual([false, true, true]);
  fc.assert(
    fc.property(fc.string(), (name) => {
      expect(onLoopback(`${name}.evil.example`)).toBe(false);
    }),
  );
});
