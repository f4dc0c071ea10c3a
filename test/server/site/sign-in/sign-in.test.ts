// @module-tag heavy
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { expectNoIncidents, openPage } from '../../browser.js';
import { notebookOf, prose, publish } from '../../published.js';
import {
  cookiesOf,
  giveUsers,
  openForm,
  password,
  postForm,
  startAccessServer,
  type AccessServer,
} from '../../access/access-server.js';

let database: TestDatabase;
let server: AccessServer;
let skew = 0;
const now = () => new Date(Date.now() + skew);

beforeAll(async () => {
  database = await createTestDatabase();
  await publish(database.owner, 'staff', notebookOf([prose('# Staff'), prose('Inner matters.')]), {
    title: 'Staff',
  });
  const environment = { DAYBOOK_TRUSTED_PROXIES: 'loopback', DAYBOOK_RATE_LIMIT: '60' };
  server = await startAccessServer(database, environment, { now });
  await giveUsers(server.folder, { ada: [], bo: [], cy: [], eve: [], 'dora@example.org': [] });
});

test('who is removed is out, also while a clock is set back', async () => {
  const cookie = await server.signIn('eve');
  skew = -3600 * 1000;
  try {
    expect((await read(cookie)).status).toBe(200);
    await giveUsers(server.folder, { ada: [], bo: [], cy: [], 'dora@example.org': [] });
    await expect.poll(async () => (await read(cookie)).status).toBe(303);
  } finally {
    skew = 0;
  }
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

function read(cookie: string, path = '/notebooks/staff'): Promise<Response> {
  return server.send(path, { headers: { Cookie: cookie, Accept: 'text/html' } });
}

test('a browser signs in, reads and signs out, with and without scripts', async (context) => {
  for (const javaScriptEnabled of [false, true]) {
    const page = await openPage(context, server.url, { javaScriptEnabled });
    await page.goto(`${server.url}/notebooks/staff`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Password').fill('something else');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That name and password do not belong together.').waitFor();
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Inner matters.').waitFor();
    expect(page.url()).toBe(`${server.url}/notebooks/staff`);
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByText('ada', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    // The browser reports the 401 of the wrong password in its console.
    page.incidents.problems.splice(
      0,
      Infinity,
      ...page.incidents.problems.filter((problem) => !problem.includes('401')),
    );
    expectNoIncidents(page);
  }
});

test('cookies are for the server alone, and as narrow as can be', async () => {
  const form = await openForm(server.send);
  const plain = await postForm(server.send, '/sign-in', form, { name: 'ada', password });
  const [session = ''] = plain.headers.getSetCookie();
  expect(session).toMatch(
    /^daybook-session=[\w.-]+; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
  );
  const https = { 'X-Forwarded-Proto': 'https' };
  const asked = await server.send('/sign-in', { headers: https });
  const token = /name="token" value="([^"]+)"/.exec(await asked.text())?.[1] ?? '';
  const secure = await postForm(
    server.send,
    '/sign-in',
    { cookie: cookiesOf(asked), token },
    { name: 'ada', password },
    https,
  );
  expect(secure.headers.getSetCookie()[0]).toMatch(
    /^__Host-daybook-session=[^;]+;.* Path=\/;.* HttpOnly; Secure; SameSite=Lax$/,
  );
});

test('below a path and with an https origin, cookies and addresses are of that path', async () => {
  const below = await startAccessServer(database, {
    DAYBOOK_BASE_PATH: '/reports',
    DAYBOOK_PUBLIC_ORIGIN: 'https://example.org',
  });
  try {
    const asked = await below.send('/notebooks/staff', { headers: { Accept: 'text/html' } });
    expect(asked.headers.get('location')).toBe('/reports/sign-in?to=%2Fnotebooks%2Fstaff');
    const form = await openForm(below.send, '/sign-in?to=%2Fnotebooks%2Fstaff');
    const answer = await postForm(below.send, '/sign-in', form, {
      name: 'ada',
      password,
      to: '/notebooks/staff',
    });
    expect(answer.headers.get('location')).toBe('/reports/notebooks/staff');
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Secure-daybook-session=[^;]+;.* Path=\/reports;.* Secure;/,
    );
    const page = await below.send('/notebooks/staff', { headers: { Cookie: cookiesOf(answer) } });
    expect(await page.text()).toContain('href="/reports/account"');
    expect(await (await below.send('/sign-in')).text()).toContain('action="/reports/sign-in"');
  } finally {
    await below.close();
  }
});

test('the sign-in page alone may send forms, and only to us', async () => {
  const policyOf = async (path: string) =>
    (await server.send(path)).headers.get('content-security-policy') ?? '';
  expect(await policyOf('/sign-in')).toContain("form-action 'self'; frame-ancestors 'none'");
  expect(await policyOf('/sign-in')).not.toMatch(/unsafe-(?:inline|eval)/);
  expect(await policyOf('/healthz')).toContain("form-action 'none'");
});

test('forms that are not our own sign nobody in or out', async () => {
  const form = await openForm(server.send);
  const fields = { name: 'ada', password };
  const refused = [
    await postForm(server.send, '/sign-in', { ...form, token: '' }, fields),
    await postForm(server.send, '/sign-in', { ...form, cookie: '' }, fields),
    await postForm(server.send, '/sign-in', { ...form, token: `${form.token}x` }, fields),
    await postForm(server.send, '/sign-in', form, fields, { 'Sec-Fetch-Site': 'cross-site' }),
    await postForm(server.send, '/sign-in', form, fields, { 'Sec-Fetch-Site': 'same-site' }),
  ];
  for (const response of refused) {
    expect(response.status).toBe(403);
    expect(cookiesOf(response)).not.toContain('session');
  }
  const cookie = await server.signIn('ada');
  await postForm(server.send, '/sign-out', { cookie, token: '' }, {});
  expect((await read(cookie)).status).toBe(200);
  const reused = await openForm(server.send, '/account', cookie);
  expect((await postForm(server.send, '/sign-out', reused, {})).status).toBe(303);
  expect((await read(cookie)).status).toBe(303);
});

test('a wrong name and a wrong password get the same answer', async () => {
  const answers = [];
  for (const [name, given] of [
    ['bo', 'not the password'],
    ['nobody-of-that-name', 'not the password'],
    ['<script>', 'not the password'],
    ['', ''],
  ] as const) {
    const form = await openForm(server.send);
    const response = await postForm(server.send, '/sign-in', form, { name, password: given });
    const text = (await response.text()).replace(/name="token" value="[^"]+"/, '');
    answers.push(JSON.stringify([response.status, text]));
  }
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toMatch(/^\[401,/);
});

test('after signing in nobody is sent to another place', async () => {
  for (const to of [
    '//example.org',
    '/\\example.org',
    'https://example.org',
    '/\t/example.org',
    'x',
  ]) {
    const form = await openForm(server.send);
    const fields = { name: 'dora@example.org', password, to };
    const response = await postForm(server.send, '/sign-in', form, fields);
    expect([to, response.headers.get('location')]).toEqual([to, '/']);
  }
});

describe('guesses at the password of one account', () => {
  const attempt = async (name: string, address: string, guess = 'a guess') => {
    const headers = { 'X-Forwarded-For': address };
    const form = await openForm((path, init = {}) =>
      server.send(path, { ...init, headers: { ...(init.headers as object), ...headers } }),
    );
    return postForm(server.send, '/sign-in', form, { name, password: guess }, headers);
  };
  /** Guesses until it is told to wait. On a busy machine turns come back meanwhile. */
  const guess = async (addressOf: (attempt: number) => string) => {
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length < 400) {
      statuses.push((await attempt('cy', addressOf(statuses.length))).status);
    }
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    return statuses.length;
  };

  test('from one address are limited, and lock nobody else out', async () => {
    expect((await attempt('cy', '203.0.113.1', password)).status).toBe(303);
    expect(await guess(() => '198.51.100.1')).toBeGreaterThan(10);
    const limited = await attempt('CY', '198.51.100.1');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await attempt('bo', '198.51.100.1')).status).toBe(401);
    expect((await attempt('cy', '203.0.113.2', password)).status).toBe(303);
  });

  test('from many addresses are limited, but where its owner has signed in before', async () => {
    expect((await attempt('cy', '203.0.113.1', password)).status).toBe(303);
    expect(await guess((count) => `100.64.0.${count % 250}`)).toBeGreaterThan(20);
    expect((await attempt('cy', '203.0.113.9', password)).status).toBe(429);
    expect((await attempt('cy', '203.0.113.1', password)).status).toBe(303);
  });
});

test('an address is limited, whichever accounts it tries', async () => {
  const headers = { 'X-Forwarded-For': '192.0.2.7' };
  const form = await openForm(server.send);
  const statuses: number[] = [];
  // Without a token none is checked, which is quick, but all are counted.
  while (statuses.at(-1) !== 429 && statuses.length < 500) {
    const fields = { name: `user-${statuses.length}`, password: 'a guess' };
    const answer = await postForm(server.send, '/sign-in', { ...form, token: '' }, fields, headers);
    statuses.push(answer.status);
  }
  expect(statuses.length).toBeGreaterThan(20);
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
});

test('an address that asks too often is told to wait; this machine is not', async () => {
  const from = (address: string) =>
    server.send('/healthz', { headers: { 'X-Forwarded-For': address } });
  let answer = await from('192.0.2.99');
  for (let count = 1; answer.status === 200 && count < 2000; count += 1) {
    answer = await from('192.0.2.99');
  }
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
  expect((await from('192.0.2.100')).status).toBe(200);
  for (let index = 0; index < 70; index += 1) {
    expect((await server.send('/healthz')).status).toBe(200);
  }
});

test('sessions end by themselves, when somebody is removed, and for a forged cookie', async () => {
  const cookie = await server.signIn('ada');
  expect((await read(cookie)).status).toBe(200);
  for (const forged of [
    // The first character of the signature: the last one has bits that mean nothing.
    cookie.replace(/\.(.)(?=[^.]*$)/, (_, first) => (first === 'A' ? '.B' : '.A')),
    cookie.replace(/=.*\./, `=${Buffer.from('{"name":"ada"}').toString('base64url')}.`),
    'daybook-session=x',
    'daybook-session=',
  ]) {
    expect((await read(forged)).status).toBe(303);
  }
  skew = 12 * 3600 * 1000;
  expect((await read(cookie)).status).toBe(303);
  skew = 0;
  expect((await read(cookie)).status).toBe(200);
  await giveUsers(server.folder, { bo: [], cy: [], 'dora@example.org': [] });
  await expect.poll(async () => (await read(cookie)).status).toBe(303);
  await giveUsers(server.folder, { ada: [], bo: [], cy: [], 'dora@example.org': [] });
});

test('a session that ends takes its stream of changes along', async () => {
  const cookie = await server.signIn('bo');
  const stream = await read(cookie, '/events');
  expect(stream.status).toBe(200);
  const form = await openForm(server.send, '/account', cookie);
  await postForm(server.send, '/sign-out', form, {});
  expect(await stream.text()).toContain('retry: 5000');
});

test('the audit log says who read what, when and from where, and never a password', async () => {
  const cookie = await server.signIn('dora@example.org');
  const headers = { Cookie: cookie, Accept: 'text/html', 'X-Forwarded-For': '198.51.100.77' };
  await server.send('/notebooks/staff', { headers });
  await server.send('/notebooks/other', { headers });
  const mine = () => server.audit().filter(({ address }) => address === '198.51.100.77');
  await expect.poll(() => mine().length).toBe(2);
  expect(mine()).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      event: 'view',
      name: 'dora@example.org',
      address: '198.51.100.77',
      path: '/notebooks/staff',
      status: 200,
      request: expect.stringMatching(/^[\da-f-]{36}$/) as string,
    },
    expect.objectContaining({ event: 'refused', path: '/notebooks/other', status: 404 }),
  ]);
  const events = new Set(server.audit().map(({ event }) => event));
  expect([...events].sort()).toEqual([
    'refused',
    'sign-in',
    'sign-in-failed',
    'sign-in-limited',
    'sign-out',
    'view',
  ]);
  const text = JSON.stringify(server.audit());
  expect(text).not.toContain('a guess');
  expect(text).not.toContain(password);
  for (const file of ['users.json', 'session.key']) {
    expect(statSync(join(server.folder, file)).mode & 0o077).toBe(0);
  }
});

test('nothing but the forms may be posted', async () => {
  const cookie = await server.signIn('ada');
  for (const path of ['/', '/notebooks/staff', '/account', '/events']) {
    const { status } = await server.send(path, { method: 'POST', headers: { Cookie: cookie } });
    expect([path, status]).toEqual([path, 405]);
  }
});
