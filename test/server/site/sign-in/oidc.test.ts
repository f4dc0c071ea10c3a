// @module-tag heavy
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OidcProvider, personOf } from '../../../../src/server/access/oidc.js';
import { createTestDatabase, type TestDatabase } from '../../../database.js';
import { openPage } from '../../browser.js';
import { notebookOf, prose, publish } from '../../published.js';
import { startAccessServer, type AccessServer } from '../../access/access-server.js';

let database: TestDatabase;
let http: Server;
let issuer: string;
let server: AccessServer;
/** Who is signed in at the provider. */
let account = 'ada';
const people: Record<string, Record<string, unknown>> = {
  ada: { email: 'Ada@Example.org', email_verified: true, groups: ['finance', 'board'] },
  bo: { email: 'bo@example.org', email_verified: false, groups: [], preferred_username: 'bo' },
};
const client = { id: 'daybook', secret: 'a secret between provider and dashboard' };

beforeAll(async () => {
  database = await createTestDatabase();
  await publish(database.owner, 'books', notebookOf([prose('# Books'), prose('Black ink.')]), {
    visibility: ['finance'],
  });
  // The provider's library is for later versions of Node than the oldest that Daybook runs on, and says so.
  http = createServer((request, response) => void answer(request, response));
  http.listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  // Provider and dashboard each know the other's address before either is there.
  const front = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => front.once('listening', resolve));
  const origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [`${origin}/sign-in/oidc/return`],
        post_logout_redirect_uris: [`${origin}/`],
      },
    ],
    claims: {
      openid: ['sub', 'groups'],
      email: ['email', 'email_verified'],
      profile: ['preferred_username'],
    },
    cookies: { keys: ['for this test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => Promise.resolve({ sub: id, ...people[id] }),
    }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client?.clientId ?? '',
        accountId: context.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  const answer = async (
    request: Parameters<typeof handle>[0],
    response: Parameters<typeof handle>[1],
  ) => {
    if (request.url?.startsWith('/interaction/') === true) {
      await provider.interactionFinished(request, response, { login: { accountId: account } });
    } else await handle(request, response);
  };
  server = await startAccessServer(
    database,
    {
      DAYBOOK_SIGN_IN: 'password,oidc',
      DAYBOOK_PUBLIC_ORIGIN: origin,
      DAYBOOK_OIDC_ISSUER: issuer,
      DAYBOOK_OIDC_CLIENT_ID: client.id,
      DAYBOOK_OIDC_CLIENT_SECRET: client.secret,
    },
    { front },
  );
});

afterAll(async () => {
  await server.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  await database.drop();
});

/** A browser that follows redirects across both servers and keeps their cookies apart. */
class Journey {
  readonly #cookies = new Map<string, Map<string, string>>();
  /** The addresses that it went to. */
  readonly visited: string[] = [];

  async go(address: string): Promise<Response> {
    for (let next = address; ;) {
      this.visited.push(next);
      const { origin } = new URL(next);
      const jar = this.#cookies.get(origin) ?? new Map<string, string>();
      this.#cookies.set(origin, jar);
      const response = await fetch(next, {
        redirect: 'manual',
        headers: {
          Accept: 'text/html',
          Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = ''] = cookie.split(';');
        const [name = '', ...value] = pair.split('=');
        jar.set(name, value.join('='));
      }
      const location = response.headers.get('location');
      if (location === null) return response;
      next = new URL(location, next).href;
    }
  }
}

test('people of the provider sign in, with their groups, and come back to where they were', async () => {
  account = 'ada';
  const journey = new Journey();
  const page = await journey.go(`${server.url}/notebooks/books`);
  expect(await page.text()).toContain('href="/sign-in/oidc?to=%2Fnotebooks%2Fbooks"');
  const answer = await journey.go(`${server.url}/sign-in/oidc?to=%2Fnotebooks%2Fbooks`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('Black ink.');
  expect(journey.visited.at(-1)).toBe(`${server.url}/notebooks/books`);
  const asked = new URL(journey.visited.find((address) => address.includes('/auth?')) ?? '');
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
    state: expect.stringMatching(/^[\w-]{43}$/) as string,
    nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
  });
  const shown = await (await journey.go(`${server.url}/account`)).text();
  expect(shown).toContain('ada@example.org');
  expect(shown).toContain('finance, board');
  const entry = { event: 'view', name: 'ada@example.org', path: '/notebooks/books' };
  await expect.poll(() => server.audit()).toContainEqual(expect.objectContaining(entry));
});

test('groups that somebody does not have open nothing; unverified addresses name nobody', async () => {
  account = 'bo';
  const journey = new Journey();
  await journey.go(`${server.url}/sign-in/oidc`);
  expect((await journey.go(`${server.url}/notebooks/books`)).status).toBe(404);
  expect(await (await journey.go(`${server.url}/account`)).text()).toContain('<dd>bo</dd>');
});

test('a way back that does not belong to the way there signs nobody in', async () => {
  account = 'ada';
  const journey = new Journey();
  await journey.go(`${server.url}/sign-in/oidc`);
  const back = journey.visited.find((address) => address.includes('/oidc/return?')) ?? '';
  const refused = async (address: string, by = new Journey()) => {
    const response = await by.go(address);
    expect([address, response.status >= 400]).toEqual([address, true]);
  };
  // Another browser that is given the address; the same code a second time; another state.
  await refused(back);
  await refused(back, journey);
  const other = new Journey();
  const start = await fetch(`${server.url}/sign-in/oidc`, { redirect: 'manual' });
  const cookie = start.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  for (const query of [new URL(back).search, '?state=x&code=y', '?error=access_denied', '']) {
    const response = await fetch(`${server.url}/sign-in/oidc/return${query}`, {
      redirect: 'manual',
      headers: { Cookie: cookie },
    });
    expect([query, response.status]).toEqual([query, 403]);
    expect(response.headers.getSetCookie().join()).not.toMatch(/daybook-session=[^;]/);
  }
  await refused(`${server.url}/sign-in/oidc/return?code=1`, other);
  const isNoted = () => server.audit().some(({ detail }) => String(detail).startsWith('oidc: '));
  await expect.poll(isNoted).toBe(true);
});

test('a provider that does not answer, or answers nonsense, is told of calmly, and asked again', async () => {
  const config = {
    issuer: `${issuer}/nothing-here`,
    clientId: client.id,
    clientSecret: client.secret,
    groupsClaim: 'groups',
    scope: 'openid',
    allowed: [],
  };
  const provider = new OidcProvider(config, 'https://example.org/return', 'https://example.org/');
  await expect(provider.begin()).rejects.toThrow();
  await expect(provider.begin()).rejects.toThrow();
  await expect(provider.signOutUrl('x')).rejects.toThrow();
});

test('the settings say who of the provider’s people may come in', () => {
  const claims = { sub: '1', email: 'ada@example.org', email_verified: true, roles: ['board'] };
  const person = (allowed: string[], more = {}) =>
    personOf({ ...claims, ...more }, { groupsClaim: 'roles', allowed });
  expect(person([])).toEqual({ name: 'ada@example.org', groups: ['board'] });
  expect(person(['@example.org'])).toBeDefined();
  expect(person(['board'])).toBeDefined();
  expect(person(['@other.org', 'finance'])).toBeUndefined();
  expect(person(['@example.org'], { email_verified: false })).toBeUndefined();
  expect(person(['@example.org'], { email: 'ada@bad-example.org' })).toBeUndefined();
  expect(person([], { roles: 'board' })?.groups).toEqual(['board']);
  expect(person([], { roles: { board: true } })?.groups).toEqual([]);
});

test('a browser signs in at the provider, without a script or a policy in the way', async (context) => {
  account = 'ada';
  const page = await openPage(context, 'http://127.0.0.1', { javaScriptEnabled: false });
  await page.goto(`${server.url}/notebooks/books`);
  await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
  await page.getByText('Black ink.').waitFor();
  expect(page.incidents).toEqual({ problems: [], foreign: [] });
});

test('who signs out is signed out at the provider, too, and comes back', async (context) => {
  account = 'ada';
  const page = await openPage(context, 'http://127.0.0.1', { javaScriptEnabled: false });
  await page.goto(`${server.url}/sign-in/oidc`);
  await page.goto(`${server.url}/account`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  // The provider asks whether they mean it.
  await page.waitForURL(`${issuer}/session/end?**`);
  const asked = new URL(page.url()).searchParams;
  expect(asked.get('client_id')).toBe(client.id);
  expect(asked.get('post_logout_redirect_uri')).toBe(`${server.url}/`);
  expect(asked.get('id_token_hint')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await page.waitForURL((url) => url.href.startsWith(server.url));
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const cookies = await page.context().cookies();
  expect(cookies.map(({ name }) => name).filter((name) => /session|proof/i.test(name))).toEqual([]);
});

test('the proof of a session is sent to sign out alone', async () => {
  account = 'ada';
  const journey = new Journey();
  const start = await fetch(`${server.url}/sign-in/oidc`, { redirect: 'manual' });
  await journey.go(start.headers.get('location') ?? '').catch(() => undefined);
  const back = journey.visited.find((address) => address.includes('/oidc/return?')) ?? '';
  const cookie = start.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const arrival = await fetch(back, { redirect: 'manual', headers: { Cookie: cookie } });
  const proof = arrival.headers.getSetCookie().find((one) => one.includes('-proof='));
  expect(proof).toMatch(/; Path=\/sign-out; .*HttpOnly; SameSite=Lax$/);
});
