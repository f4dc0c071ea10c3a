import fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trustProxies } from '../../../src/http/trust-proxies.js';
import { hostCheck } from '../../../src/http/host-check.js';
import express from 'express';
import { DailyFiles } from '../../../src/server/access/daily-files.js';
import { localPath } from '../../../src/server/site/sign-in/local-path.js';
import { hashPassword, verifyPassword } from '../../../src/server/access/password-hash.js';
import { isLoopback } from '../../../src/system/loopback.js';
import { addressKey, RateLimiter } from '../../../src/http/rate-limiter.js';
import { readSigningKey, TokenSigner } from '../../../src/server/access/signed-token.js';
import { readUsers, userName } from '../../../src/server/access/users.js';
import { isVisible, readVisibility } from '../../../src/visibility.js';

function temporaryFolder(onTestFinished: (clean: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'daybook-access-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

test('no text leads to another place after signing in', () => {
  const home = 'http://127.0.0.1:8050';
  const hostile = fc.array(
    fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ':',
      '@',
      '\t',
      '\n',
      '?',
      '#',
      'javascript:',
      'http:',
      '%2f',
      'a',
    ),
    { maxLength: 12 },
  );
  const text = fc.oneof(
    hostile.map((parts) => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (asked) => {
      const path = localPath(asked);
      expect(new URL(path, home).origin).toBe(home);
      expect(path).toMatch(/^\/(?!\/)/);
      // Stays so when a base path stands before it.
      expect(new URL(`/base${path}`, home).origin).toBe(home);
    }),
    { numRuns: 2000 },
  );
  expect(localPath('/notebooks/a%20b?code=shown')).toBe('/notebooks/a%20b?code=shown');
  expect(localPath(['/a', '/b'])).toBe('/');
});

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

test('a token is of one server, for one purpose, and whole', async ({ onTestFinished }) => {
  const folder = temporaryFolder(onTestFinished);
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

test('proxies are believed as far as they are trusted, from the nearest on', () => {
  const ask = (trusted: string[], remote: string, headers: Record<string, string>) => {
    const app = express().set('trust proxy', trustProxies(trusted));
    const socket = { remoteAddress: remote };
    const request = Object.assign(Object.create(app.request) as express.Request, {
      socket,
      headers,
    });
    return [request.ip, request.secure];
  };
  const forwarded = {
    'x-forwarded-for': '203.0.113.9, 198.51.100.7,10.0.0.2',
    'x-forwarded-proto': 'https, http',
  };
  expect(ask([], '127.0.0.1', forwarded)).toEqual(['127.0.0.1', false]);
  expect(ask(['loopback'], '192.0.2.1', forwarded)).toEqual(['192.0.2.1', false]);
  expect(ask(['loopback'], '127.0.0.1', forwarded)).toEqual(['10.0.0.2', true]);
  expect(ask(['loopback'], '::ffff:127.0.0.1', forwarded)).toEqual(['10.0.0.2', true]);
  expect(ask(['loopback', '10.0.0.0/8'], '::1', forwarded)).toEqual(['198.51.100.7', true]);
  expect(ask(['uniquelocal'], '10.9.9.9', forwarded)).toEqual(['198.51.100.7', true]);
  expect(ask(['2001:db8::/32', '10.0.0.2'], '2001:db8::1', forwarded)[0]).toBe('198.51.100.7');
  expect(ask(['0.0.0.0/0'], '127.0.0.1', { 'x-forwarded-for': 'unknown' })[0]).toBe('unknown');
  expect(ask(['::/0'], '2001:db8::1', forwarded)[0]).toBe('10.0.0.2');
  expect(ask(['loopback'], '127.0.0.1', {})).toEqual(['127.0.0.1', false]);
});

test('an address of IPv6 counts as its network', () => {
  expect(addressKey('192.0.2.1')).toBe('192.0.2.1');
  expect(addressKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
  const key = '2001:db8:1:2::/64';
  expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe(key);
  expect(addressKey('2001:db8:1:2::9')).toBe(key);
  expect(addressKey('2001:db8::9')).toBe('2001:db8:0:0::/64');
  expect(['::1', '127.0.0.53', '::ffff:127.0.0.1', '10.0.0.1'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test('a visibility that cannot be understood is for nobody', () => {
  expect(readVisibility(undefined)).toBeUndefined();
  expect(readVisibility('public')).toBe('public');
  expect(readVisibility(['finance', ' board '])).toEqual(['finance', 'board']);
  for (const odd of [true, 7, {}, ['finance', 7], 'Public ', '']) {
    const visibility = readVisibility(odd) ?? 'public';
    expect([odd, isVisible(visibility, undefined)]).toEqual([odd, false]);
    expect([odd, isVisible(visibility, ['finance', 'public'])]).toEqual([odd, false]);
  }
  expect(isVisible('signed-in', [])).toBe(true);
  expect(isVisible(['finance'], ['board'])).toBe(false);
});

test('names of users are told apart without regard to case or width', () => {
  expect(userName(' Ada ')).toBe('ada');
  expect(userName('ＡＤＡ')).toBe('ada');
  expect(userName('ada@example.org')).toBe('ada@example.org');
  for (const odd of ['', '-x', 'a b', 'a/b', '__proto__', '<b>', 'a'.repeat(101)]) {
    expect([odd, userName(odd)]).toEqual([odd, undefined]);
  }
});

test('a file of users that is broken lets nobody in and is told of', async ({ onTestFinished }) => {
  const folder = temporaryFolder(onTestFinished);
  expect((await readUsers(folder)).size).toBe(0);
  writeFileSync(join(folder, 'users.json'), '{"users": [{"name": 1}]}');
  await expect(readUsers(folder)).rejects.toMatchObject({ code: 'USERS_INVALID' });
});

test('files of days that are over long enough are deleted, others kept', async ({
  onTestFinished,
}) => {
  const folder = temporaryFolder(onTestFinished);
  let now = new Date('2026-01-01T12:00:00Z');
  const files = new DailyFiles({ folder, name: 'audit', keepDays: 2 }, () => now);
  writeFileSync(join(folder, 'other-2020-01-01.jsonl'), '');
  for (const day of ['01', '02', '03', '04']) {
    now = new Date(`2026-01-${day}T12:00:00Z`);
    await files.append({ day });
  }
  expect((await files.read()).map(({ day }) => day)).toEqual(['02', '03', '04']);
  expect(readdirSync(folder)).toContain('other-2020-01-01.jsonl');
});
