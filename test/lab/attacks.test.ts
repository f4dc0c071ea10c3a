import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cookieValue, Tickets } from '../../src/lab/http/access.js';
import { createLogger } from '../../src/logger.js';
import { startTestLab, type TestLab } from './lab.js';

const secret = 'the secret outside';

/** A workspace with a secret beside it, another inside but hidden, and links to both. */
async function startGuardedLab(): Promise<TestLab> {
  const lab = await startTestLab();
  const write = (path: string) => writeFile(join(lab.folder, path), secret);
  await mkdir(join(lab.workspace, 'notebooks'));
  await mkdir(join(lab.workspace, '.git'));
  await mkdir(join(lab.folder, 'workspace-private'));
  await Promise.all([
    writeFile(join(lab.workspace, 'open.txt'), 'open'),
    write('secret.txt'),
    write('workspace/.env'),
    write('workspace/.git/config'),
    write('workspace-private/secret.txt'),
  ]);
  await symlink('../secret.txt', join(lab.workspace, 'link.txt'));
  await symlink('..', join(lab.workspace, 'up'));
  await symlink('../workspace-private', join(lab.workspace, 'private'));
  await symlink('.env', join(lab.workspace, 'settings.txt'));
  await symlink('.git', join(lab.workspace, 'git'));
  await symlink('loop', join(lab.workspace, 'loop'));
  return lab;
}

const outside = [
  '../secret.txt',
  '..%2fsecret.txt',
  '..%2Fsecret.txt',
  '%2e%2e/secret.txt',
  '%2e%2e%2fsecret.txt',
  '%252e%252e%252fsecret.txt',
  '..%5csecret.txt',
  '..\\secret.txt',
  '..%c0%afsecret.txt',
  '..%ef%bc%8fsecret.txt',
  '%uff0e%uff0e/secret.txt',
  '.../secret.txt',
  './../secret.txt',
  'notebooks/../../secret.txt',
  'notebooks/%2e%2e/%2e%2e/secret.txt',
  '/../secret.txt',
  '//secret.txt',
  '../workspace-private/secret.txt',
  'secret.txt%00.ipynb',
  'open.txt%00/../../secret.txt',
  '%2fetc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  'C:%5cWindows%5cwin.ini',
  'link.txt',
  'up/secret.txt',
  'up/workspace/open.txt',
  'private/secret.txt',
  'loop',
  '.env',
  '%2eenv',
  './.env',
  '.git/config',
  'settings.txt',
  'git/config',
];

test.each(outside)('nothing is read, written, moved or deleted at %s', async (path) => {
  const lab = await startGuardedLab();
  const headers = { authorization: `token ${lab.token}` };
  const save = JSON.stringify({ type: 'file', format: 'text', content: 'overwritten' });
  const decoded = path.includes('%u') ? path : decodeURIComponent(path.replace('%c0%af', '/'));
  const answers = [
    await lab.raw({ path: `/api/contents/${path}`, headers }),
    await lab.raw({ path: `/files/${path}`, headers }),
    await lab.raw({ path: `/api/contents/${path}/checkpoints`, headers, method: 'POST' }),
    await lab.raw({ path: `/api/contents/${path}`, headers, method: 'PUT', body: save }),
    await lab.raw({
      path: '/api/contents/',
      headers,
      method: 'POST',
      body: JSON.stringify({ copy_from: decoded }),
    }),
    await lab.raw({
      path: `/api/contents/open.txt`,
      headers,
      method: 'PATCH',
      body: JSON.stringify({ path: decoded }),
    }),
  ];
  for (const answer of answers) expect(answer.body).not.toContain(secret);
  for (const file of [
    'secret.txt',
    'workspace/.env',
    'workspace/.git/config',
    'workspace-private/secret.txt',
  ]) {
    expect(await readFile(join(lab.folder, file), 'utf8')).toBe(secret);
  }
});

test('no path of any making leads out', { timeout: 120_000 }, async () => {
  const lab = await startGuardedLab();
  const headers = { authorization: `token ${lab.token}` };
  const part = fc.constantFrom(
    ...['..', '.', '', '%2e', '%2e%2e', '..%2f', '/', '%2f', '\\', '%5c', '%00', '%0a', '%25'],
    ...['notebooks', 'up', 'link.txt', 'secret.txt', 'private', '.env', 'open.txt', 'é', '~'],
    ...['workspace', 'workspace-private', 'checkpoints'],
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { maxLength: 8 }),
      fc.constantFrom('/', '', '%2f'),
      async (parts, separator) => {
        const path = encodeURI(decodeURI(parts.join(separator).replaceAll('%', '%25')));
        for (const prefix of ['/api/contents/', '/files/']) {
          const answer = await lab.raw({ path: prefix + path, headers });
          expect(answer.body).not.toContain(secret);
          expect([200, 400, 404]).toContain(answer.status);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('a link that takes the place of a folder leads nowhere', async () => {
  const lab = await startGuardedLab();
  const save = { type: 'file', format: 'text', content: 'x' };
  expect((await lab.api('PUT', '/api/contents/up/new.txt', save)).status).toBe(404);
  expect((await lab.api('PUT', '/api/contents/up/a/new.txt', save)).status).toBe(404);
  expect((await lab.api('POST', '/api/contents/up', { type: 'notebook' })).status).toBe(404);
  expect((await lab.api('PATCH', '/api/contents/open.txt', { path: 'up/o.txt' })).status).toBe(404);
  // The link itself is an entry of the workspace: it can be deleted, and only it is.
  expect((await lab.api('DELETE', '/api/contents/up')).status).toBe(204);
  expect(await readFile(join(lab.folder, 'secret.txt'), 'utf8')).toBe(secret);
});

test.each([
  ['no token', {}],
  ['a wrong token', { authorization: 'token 0123456789abcdef' }],
  ['an empty token', { authorization: 'token ' }],
  ['a wrong scheme', { authorization: 'Basic dG9rZW46' }],
  ['a wrong cookie', { cookie: 'daybook-lab-1=1' }],
])('%s opens nothing', async (_name, headers: Record<string, string>) => {
  const lab = await startTestLab();
  for (const path of ['/', '/lab', '/api/contents/', '/files/x', '/api/me', '/api/nowhere']) {
    const answer = await lab.raw({ path, headers });
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  }
  expect((await lab.raw({ path: '/lab?token=wrong', headers })).status).toBe(403);
});

test('the version alone is open to whoever knows the host', async () => {
  const lab = await startTestLab();
  expect((await lab.raw({ path: '/api' })).status).toBe(200);
  expect((await lab.raw({ path: '/api', headers: { host: 'evil.example' } })).status).toBe(403);
});

test('a page that rebinds its name to our address is not answered', async () => {
  const lab = await startTestLab({ hostNames: ['Lab.Example'] });
  const port = new URL(lab.url()).port;
  const ask = async (host: string) =>
    (await lab.raw({ path: `/api/me?token=${lab.token}`, headers: { host } })).status;
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1@evil.example',
    'localhost:80:80',
    '[::1',
    '192.0.2.1',
  ]) {
    expect(await ask(host), host).toBe(403);
  }
  for (const host of [
    `localhost:${port}`,
    '127.0.0.1',
    '[::1]:8888',
    'LOCALHOST',
    'lab.example:443',
  ]) {
    expect(await ask(host), host).toBe(200);
  }
});

test('the token goes from the address into a cookie at the first visit', async () => {
  const lab = await startTestLab();
  const visit = await lab.raw({ path: `/lab/tree/notebooks?token=${lab.token}&reset` });
  expect(visit.status).toBe(303);
  expect(visit.headers.location).toBe('/lab/tree/notebooks?reset=');
  const cookie = visit.headers['set-cookie']?.[0] ?? '';
  expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);
  expect(cookie).not.toContain(lab.token);
});

test('a ticket opens one page once', async () => {
  const lab = await startTestLab();
  const { pathname, search } = new URL(lab.ticketUrl('/lab/tree/notebooks'));
  const elsewhere = await lab.raw({ path: `/api/contents/${search}` });
  expect(elsewhere.status).toBe(403);
  const rebound = await lab.raw({ path: pathname + search, headers: { host: 'evil.example' } });
  expect(rebound.status).toBe(403);
  const visit = await lab.raw({ path: pathname + search });
  expect(visit.status).toBe(303);
  expect(visit.headers.location).toBe('/lab/tree/notebooks');
  expect(visit.headers['set-cookie']).toHaveLength(1);
  expect((await lab.raw({ path: pathname + search })).status).toBe(403);

  let time = 0;
  const tickets = new Tickets(() => time);
  const ticket = tickets.issue();
  time = 61_000;
  expect(tickets.redeem(ticket)).toBe(false);
});

test('the cookie counts for our own pages alone', async () => {
  const lab = await startTestLab();
  const port = new URL(lab.url()).port;
  const host = `127.0.0.1:${port}`;
  const cookie = `daybook-lab-${port}=${cookieValue(lab.token)}`;
  const ask = async (method: string, headers: Record<string, string>) =>
    (await lab.raw({ method, path: '/api/contents/', headers: { host, cookie, ...headers } }))
      .status;
  const own: Record<string, string>[] = [
    { origin: `http://${host}` },
    { 'sec-fetch-site': 'same-origin' },
    { referer: `http://${host}/lab` },
  ];
  for (const headers of own) {
    expect(await ask('GET', headers)).toBe(200);
    expect(await ask('POST', headers)).toBe(201);
  }
  const foreign: Record<string, string>[] = [
    {},
    { origin: 'null' },
    { origin: 'http://evil.example' },
    { origin: 'http://127.0.0.1:1' },
    { origin: `http://127.0.0.1:${port}.evil.example` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { referer: 'http://evil.example/' },
    { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  ];
  for (const headers of foreign) {
    expect(await ask('GET', headers), JSON.stringify(headers)).toBe(403);
    expect(await ask('POST', headers), JSON.stringify(headers)).toBe(403);
    // The form of another site: a simple request, which browsers send without asking.
    expect(await ask('POST', { ...headers, 'content-type': 'text/plain' })).toBe(403);
  }
  expect(await ask('OPTIONS', { origin: 'http://evil.example' })).toBe(403);
});

test('bodies have a limit, said or not', async () => {
  const lab = await startTestLab({ saveLimit: 10_000 });
  const headers = { authorization: `token ${lab.token}` };
  const path = '/api/contents/large.txt';
  const content = 'x'.repeat(20_000);
  const body = JSON.stringify({ type: 'file', format: 'text', content });
  const said = await lab.raw({ method: 'PUT', path, headers, body });
  expect(said.status).toBe(413);
  const half = Buffer.from(body.slice(0, 15_000));
  const unsaid = await lab.raw({ method: 'PUT', path, headers, body: [half, half] });
  expect(unsaid.status).toBe(413);
  const small = await lab.raw({
    method: 'POST',
    path: '/api/contents/',
    headers: { ...headers, 'content-length': String(2 ** 40) },
    body: [Buffer.from('{')],
  });
  expect(small.status).toBe(413);
  expect((await lab.api('GET', path)).status).toBe(404);
});

test('bodies that are no JSON object are refused', async () => {
  const lab = await startTestLab();
  const headers = { authorization: `token ${lab.token}` };
  for (const body of ['[]', 'null', '"text"', '{', '\u0000', '{"type":"file","content":5}']) {
    const answer = await lab.raw({ method: 'PUT', path: '/api/contents/x', headers, body });
    expect(answer.status, body).toBe(400);
  }
});

/** What Jupyter's server was once open to, by the number of the hole; those above are not repeated. */
describe('holes that Jupyter has had', () => {
  test('a first visit leads to our own pages only (CVE-2020-26275, CVE-2023-39968)', async () => {
    const lab = await startTestLab();
    for (const path of [
      '//evil.example/lab',
      '///evil.example/lab',
      '/\\evil.example/lab',
      '/%2f%2fevil.example/lab',
      '/lab//evil.example',
      'http://evil.example/lab',
      '/lab?next=//evil.example/',
      '/login?next=https://evil.example/',
    ]) {
      const mark = path.includes('?') ? '&' : '?';
      const { status, headers } = await lab.raw({ path: `${path}${mark}token=${lab.token}` });
      expect([303, 400, 404], path).toContain(status);
      if (status === 303) expect(headers.location, path).toMatch(/^\/lab(?:[/?].*)?$/);
    }
  });

  test('no other site includes our files as its scripts or pictures (CVE-2023-40170)', async () => {
    const lab = await startGuardedLab();
    const { port, host } = new URL(lab.url());
    const cookie = `daybook-lab-${port}=${cookieValue(lab.token)}`;
    const ask = (headers: Record<string, string>) =>
      lab.raw({ path: '/files/open.txt', headers: { host, cookie, ...headers } });
    for (const dest of ['script', 'image', 'style', 'iframe', 'empty']) {
      const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': dest };
      expect((await ask({ ...headers, 'sec-fetch-mode': 'no-cors' })).status, dest).toBe(403);
    }
    expect((await ask({ referer: 'http://evil.example/' })).status).toBe(403);
    const own = await ask({ 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(200);
    expect(own.headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(own.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('no origin is let in because it looks like ours (CVE-2026-40110)', async () => {
    const lab = await startTestLab({ hostNames: ['lab.example'] });
    const cookie = `daybook-lab-${new URL(lab.url()).port}=${cookieValue(lab.token)}`;
    for (const origin of [
      'http://lab.example.evil.example',
      'http://evil-lab.example',
      'http://labXexample',
      'http://lab.example@evil.example',
      'http://evil.example/http://lab.example',
    ]) {
      const headers = { host: 'lab.example', cookie, origin };
      const answer = await lab.raw({ path: '/api/contents/', headers });
      expect(answer.status, origin).toBe(403);
      expect(answer.headers['access-control-allow-origin'], origin).toBeUndefined();
    }
  });

  test('no log has the token (CVE-2022-24758)', async () => {
    const lines: string[] = [];
    const logger = createLogger({ write: (line) => lines.push(line), level: 'debug' });
    const lab = await startTestLab({ logger });
    const spec = join(lab.folder, 'jupyter', 'kernels', 'broken');
    await mkdir(spec, { recursive: true });
    await writeFile(join(spec, 'kernel.json'), '{"argv":["/no/such/program"]}');
    const headers = { cookie: `a=${cookieValue(lab.token)}` };
    const path = `/api/kernels?token=${lab.token}`;
    const body = '{"name":"broken"}';
    expect((await lab.raw({ method: 'POST', path, headers, body })).status).toBe(500);
    // A request is logged when its answer is out.
    await expect.poll(() => lines.join()).toContain('POST /api/kernels');
    expect(lines.join()).not.toContain(lab.token);
    expect(lines.join()).not.toContain(cookieValue(lab.token));
  });

  test('no page that a link leads to learns where it came from (CVE-2024-22421)', async () => {
    const lab = await startTestLab();
    const answer = await lab.raw({ path: `/api/me?token=${lab.token}` });
    expect(answer.headers['referrer-policy']).toBe('same-origin');
    expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin');
  });

  test('errors do not tell where on the disk things are (CVE-2023-49080)', async () => {
    const lab = await startGuardedLab();
    const headers = { authorization: `token ${lab.token}` };
    for (const path of ['nowhere.ipynb', 'link.txt', 'loop', 'open.txt/below', 'x'.repeat(300)]) {
      for (const prefix of ['/api/contents/', '/files/']) {
        const { body } = await lab.raw({ path: prefix + path, headers });
        expect(body, path).not.toContain(lab.folder);
        expect(body, path).not.toMatch(/\n\s+at /);
      }
      const save = '{"type":"file","format":"text","content":"x"}';
      for (const at of [`/api/contents/${path}`, `/api/contents/${path}/new.txt`]) {
        const answer = await lab.raw({ method: 'PUT', path: at, headers, body: save });
        expect(answer.body, at).not.toContain(lab.folder);
        expect(answer.status, at).toBeLessThan(500);
      }
    }
  });

  test('the front end is newer than its holes (CVE-2026-42557, -73415, -73417)', async () => {
    const lock = JSON.parse(
      await readFile(join(import.meta.dirname, '../../lab/package-lock.json'), 'utf8'),
    ) as { packages: Record<string, { version: string }> };
    const version = lock.packages['node_modules/@jupyterlab/application-extension']?.version ?? '';
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(4_006_002);
  });
});
