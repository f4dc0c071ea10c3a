// @module-tag heavy
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test, vi, type TestContext } from 'vitest';
import { ClosedBrowser, type PageFiles } from '../../src/browser/closed-browser.js';
import { requireBrowser } from '../requirement.js';

let folder: string;
let server: Server;
let address: string;
/** Whatever reached the server of this machine: requests, and bare connections. */
const arrived: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daybook-closed-'));
  writeFileSync(join(folder, 'secret.js'), 'document.title = "read"');
  // The profile is a temporary folder, too: here it can be told from those of others.
  vi.stubEnv('TMPDIR', folder);
  server = createServer((request, response) => {
    arrived.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*').end('document.title = "read"');
  });
  server.on('connection', () => arrived.push('a connection'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true });
});

afterEach(() => {
  expect(arrived).toEqual([]);
  expect(readdirSync(folder)).toEqual(['secret.js']);
});

const filesOf =
  (files: Readonly<Record<string, string>>): PageFiles =>
  (path) =>
    Promise.resolve(files[path] === undefined ? undefined : Buffer.from(files[path]));

async function print(context: TestContext, html: string, limits = {}): Promise<Buffer> {
  const browser = await ClosedBrowser.open(requireBrowser(context), limits);
  try {
    return await browser.print('/page.html', filesOf({ '/page.html': html, '/a.js': '' }));
  } finally {
    await browser.close();
  }
}

/** All ways to an address that a page has, with nothing but this browser in between: no policy. */
function attempts(to: string): string {
  const socket = to.replace(/^http/, 'ws');
  return `<!doctype html><link rel="stylesheet" href="${to}/style.css"><link rel="prefetch" href="${to}/prefetch">
<link rel="preconnect" href="${to}"><link rel="dns-prefetch" href="${to}"><link rel="manifest" href="${to}/manifest">
<style>@import url(${to}/import.css); @font-face { font-family: f; src: url(${to}/font) } p { font-family: f; background: url(${to}/background) }</style>
<p>Text</p><img src="${to}/image"><video src="${to}/video"></video><iframe src="${to}/frame"></iframe><object data="${to}/object"></object>
<svg><image href="${to}/svg"/><use href="${to}/use#a"/></svg><script src="${to}/script.js"></script><script src="/a.js"></script>
<script>
for (const go of [
  () => fetch('${to}/fetch'), () => navigator.sendBeacon('${to}/beacon', 'x'), () => new EventSource('${to}/events'),
  () => new WebSocket('${socket}/socket'), () => new Worker('${to}/worker.js'), () => import('${to}/import.js'),
  () => window.open('${to}/window'), () => navigator.serviceWorker?.register('/a.js'),
  () => { const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:' + new URL('${to}').host }] });
    peer.createDataChannel('x'); return peer.createOffer().then((offer) => peer.setLocalDescription(offer)); },
  () => { const form = document.createElement('form'); form.action = '${to}/form'; form.method = 'post'; form.target = '_blank'; document.body.append(form); form.submit(); },
]) { try { Promise.resolve(go()).catch(() => {}); } catch {} }
</script>`;
}

test('nothing on this machine is asked, by whatever way', async (context) => {
  expect((await print(context, attempts(address))).subarray(0, 5).toString()).toBe('%PDF-');
});

test('a page that wants to go elsewhere is not printed, and nobody was asked', async (context) => {
  const leaves = `<!doctype html><script>location.href = '${address}/away'</script>`;
  // The page that stays is printed, or the print fails; what matters is that nobody was asked.
  await print(context, leaves, { pageMs: 5000 }).catch(() => undefined);
});

test('no file is read but those that the page was given', async (context) => {
  const secret = pathToFileURL(join(folder, 'secret.js')).href;
  const html = (body: string) => `<!doctype html><title>closed</title>${body}`;
  const shown = `<script src="${secret}"></script><script>
    if (document.title === 'closed') document.body.append('x'.repeat(20000));
  </script>`;
  const body = '<body></body>';
  const [open, closed] = [
    await print(context, html(body)),
    await print(context, html(body + shown)),
  ];
  // The script of the disk did not run: the page has its long text.
  expect(closed.length).toBeGreaterThan(open.length);
});

test('a page that never ends is given up', async (context) => {
  const endless = '<!doctype html><p>x</p><script>setTimeout(() => { for (;;); }, 0)</script>';
  await expect(print(context, endless, { pageMs: 2000 })).rejects.toThrow();
});

test('a page that wants all memory is given up', async (context) => {
  const greedy = `<!doctype html><p>x</p><script>const all = []; setTimeout(() => { for (;;) all.push(new Array(1e6).fill({})); }, 0)</script>`;
  await expect(print(context, greedy, { heapMb: 64 })).rejects.toThrow();
});

test('a picture is drawn of what is given, and no script runs', async (context) => {
  const browser = await ClosedBrowser.open(requireBrowser(context));
  try {
    const size = { width: 300, height: 200 };
    const picture = (html: string) => browser.draw(`<!doctype html>${html}`, size);
    const plain = await picture('<p>Title</p>');
    expect([plain.readUInt32BE(16), plain.readUInt32BE(20)]).toEqual([300, 200]);
    expect(
      await picture('<p>Title</p><script>document.body.textContent = "other"</script>'),
    ).toEqual(plain);
    await picture(attempts(address));
  } finally {
    await browser.close();
  }
});
