import express from 'express';
import { expect, test } from 'vitest';
import { trustProxies } from '../../src/http/trust-proxies.js';

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
