import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requestAddress } from '../../src/http/request-address.js';
import { startTestLab, type TestLab } from './lab.js';

/** The first line of the answer to a request whose target is sent as it stands. */
function ask(lab: TestLab, target: string, headers: readonly string[]): Promise<string> {
  const lines = [`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(lab.url()).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
      if (!answer.includes('\r\n')) return;
      resolve(answer.slice(0, answer.indexOf('\r\n')));
      socket.destroy();
    });
    socket.on('error', reject).on('close', () => {
      resolve(answer);
    });
    socket.end(lines.join('\r\n'));
  });
}

const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

test('no request line ends the server, with an upgrade or without', async () => {
  const lab = await startTestLab();
  const part = fc.constantFrom(
    ...['/', '//', '\\', ':', '@', '[', ']', '?', '#', '%', '%00', '%zz', '*', '..', ';', '&', '='],
    ...['http:', 'https:', 'http://', 'ws://', 'localhost', '[::1', ':99999', 'evil.example', 'é'],
    ...['api', 'kernels', 'x', 'channels', 'events', 'subscribe', 'lab', 'token', 'session_id'],
    `token=${lab.token}`,
    `?token=${lab.token}`,
  );
  const targets = fc.oneof(
    fc.array(part, { minLength: 1, maxLength: 10 }).map((parts) => parts.join('')),
    fc.string({ minLength: 1 }).map((text) => text.replaceAll(/[\s\0]/g, '_')),
  );
  const kinds = fc.constantFrom([], upgrade, ['Connection: Upgrade', 'Upgrade: h2c']);
  const proofs = fc.constantFrom([], [`Authorization: token ${lab.token}`]);
  await fc.assert(
    fc.asyncProperty(targets, kinds, proofs, async (target, kind, proof) => {
      const line = await ask(lab, target, [...kind, ...proof]);
      expect(line).toMatch(/^HTTP\/1\.1 (?:[1-4]\d\d|501) /);
    }),
    {
      numRuns: 500,
      examples: [
        [`//?token=${lab.token}`, upgrade, []],
        [`//?token=${lab.token}`, [], []],
        [`http://[/lab?token=${lab.token}`, upgrade, []],
        [`//[?token=${lab.token}`, ['Connection: Upgrade', 'Upgrade: h2c'], []],
      ],
    },
  );
  expect((await lab.api('GET', '/api/status')).status).toBe(200);
});

test('an address is read as the browser meant it, and whatever it is', () => {
  const read = (target: string) => {
    const { path, query } = requestAddress(target);
    return [path, query.toString()];
  };
  expect(read('/lab/tree/a%20b?token=1&reset')).toEqual(['/lab/tree/a%20b', 'token=1&reset=']);
  expect(read('//?token=1')).toEqual(['//', 'token=1']);
  expect(read('//evil.example/lab')).toEqual(['//evil.example/lab', '']);
  expect(read('http://localhost:1/api?a=1?b')).toEqual(['/api', 'a=1%3Fb']);
  expect(read('http://localhost?a=1')).toEqual(['/', 'a=1']);
  expect(read('/a?b#c')).toEqual(['/a', 'b=']);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (target) => {
      expect(requestAddress(target).path).not.toMatch(/[?#]/);
    }),
  );
});
