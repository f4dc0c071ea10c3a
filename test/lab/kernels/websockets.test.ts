import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { cookieValue } from '../../../src/lab/http/access.js';
import { startTestLab, type TestLab } from '../lab.js';

/** Opens a websocket; what came of it: `open`, or the status of the refusal. */
async function open(
  lab: TestLab,
  path: string,
  headers: Record<string, string> = {},
): Promise<number | 'open'> {
  const { port } = new URL(lab.url());
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  try {
    return await new Promise((resolve, reject) => {
      socket.once('open', () => {
        resolve('open');
      });
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
      });
      socket.once('error', reject);
    });
  } finally {
    socket.removeAllListeners('error').on('error', () => undefined);
    socket.terminate();
  }
}

const events = '/api/events/subscribe';

test('a page of another origin gets no websocket, though its browser sends our cookie', async () => {
  const lab = await startTestLab();
  const { host, port } = new URL(lab.url());
  const cookie = `daybook-lab-${port}=${cookieValue(lab.token)}`;
  expect(await open(lab, events, { cookie, origin: `http://${host}` })).toBe('open');
  for (const origin of [
    'http://evil.example',
    'null',
    'http://127.0.0.1:1',
    `http://${host}.evil.example`,
    `http://evil.example/?${host}`,
  ]) {
    expect(await open(lab, events, { cookie, origin }), origin).toBe(403);
  }
  expect(await open(lab, events, { cookie })).toBe(403);
});

test('a websocket needs the token, and the host its own name', async () => {
  const lab = await startTestLab();
  expect(await open(lab, events)).toBe(403);
  expect(await open(lab, `${events}?token=wrong`)).toBe(403);
  expect(await open(lab, events, { authorization: 'token wrong' })).toBe(403);
  expect(await open(lab, `${events}?token=${lab.token}`, { host: 'evil.example' })).toBe(403);
  // Who knows the token may come from anywhere: VS Code does.
  expect(await open(lab, `${events}?token=${lab.token}`, { origin: 'vscode://x' })).toBe('open');
  expect(await open(lab, events, { authorization: `Bearer ${lab.token}` })).toBe('open');
});

test('there are no other websockets', async () => {
  const lab = await startTestLab();
  for (const path of [
    '/api/kernels/00000000-0000-0000-0000-000000000000/channels',
    '/api/kernels/../kernels/x/channels',
    '/terminals/websocket/1',
    '/',
    '//evil.example/',
  ]) {
    expect(await open(lab, `${path}?token=${lab.token}`), path).toBe(404);
  }
});
