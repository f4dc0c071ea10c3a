import { scryptSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseConfig } from '../../../src/config/config.js';
import { silentLogger } from '../../../src/logger.js';
import { openAccess } from '../../../src/server/access/access.js';
import { writeUsers, type User } from '../../../src/server/access/users.js';
import { createApp } from '../../../src/server/app.js';
import { loadAssets, type Assets } from '../../../src/server/parts/assets.js';
import { listen, type Listening } from '../../../src/http/listen.js';
import { createReaders } from '../../../src/server/reading/readers/readers.js';
import type { Scheduled } from '../../../src/schedules/operations-reader.js';
import type { Operator } from '../../../src/server/site/operator/operator.js';
import { root, type TestDatabase } from '../../database.js';

/** A server to which people sign in. */
export interface AccessServer {
  readonly url: string;
  /** The folder of users, keys and the audit log. */
  readonly folder: string;
  /** Sends a request; redirects are not followed. */
  readonly send: (path: string, init?: RequestInit) => Promise<Response>;
  /** Signs in and returns the `Cookie` header of the session. */
  signIn(name: string, password?: string): Promise<string>;
  /** The entries of the audit log. */
  audit(): Record<string, unknown>[];
  close(): Promise<void>;
}

/** The password of all users of the tests. */
export const password = 'correct horse battery';

/** Its hash, of little cost: hundreds of attempts are made in tests. The product's own is tested with its parts. */
const hash = `$scrypt$ln=4,r=8,p=1$${unpadded('salt')}$${unpadded(
  scryptSync(password, 'salt', 32, { N: 2 ** 4, r: 8, p: 1 }),
)}`;
let assets: Promise<Assets> | undefined;

/** Users of the tests, all with one password. */
export async function giveUsers(
  folder: string,
  groups: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const users = new Map<string, User>();
  for (const [name, own] of Object.entries(groups)) {
    users.set(name, { name, password: hash, groups: own });
  }
  await writeUsers(folder, users);
}

/**
 * Starts a server with these settings.
 *
 * @param front - A server that listens already, for tests that must know the address before.
 */
export async function startAccessServer(
  database: TestDatabase,
  environment: Readonly<Record<string, string>> = {},
  {
    now = () => new Date(),
    front,
    operator,
    scheduled,
  }: { now?: () => Date; front?: Server; operator?: Operator; scheduled?: Scheduled } = {},
): Promise<AccessServer> {
  const env = { DAYBOOK_SIGN_IN: 'password', DAYBOOK_HOME: database.config.home, ...environment };
  const config = parseConfig(env, root);
  const { folder } = config.access;
  const closing = new AbortController();
  const app = createApp({
    ...createReaders(database.reader, undefined, scheduled),
    operator,
    isPatient: true,
    access: await openAccess(config.access, config, silentLogger, now),
    assets: await (assets ??= loadAssets()),
    timeZone: 'America/Toronto',
    basePath: config.basePath,
    trustedProxies: config.exposure.trustedProxies,
    frameAncestors: config.exposure.frameAncestors,
    requestsPerMinute: config.exposure.requestsPerMinute,
    signal: closing.signal,
    now,
  });
  const server = front === undefined ? await listen(app, '127.0.0.1', 0) : onFront(app, front);
  const url = server.url + config.basePath;
  const send = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { redirect: 'manual', ...init });
  return {
    url,
    folder,
    send,
    signIn: async (name, given = password) => {
      const form = await openForm(send);
      const response = await postForm(send, '/sign-in', form, { name, password: given });
      expect([name, response.status]).toEqual([name, 303]);
      return cookiesOf(response);
    },
    audit: () =>
      readdirSync(folder)
        .filter((file) => file.startsWith('audit-'))
        .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    close: () => {
      closing.abort();
      return server.close();
    },
  };
}

function onFront(app: RequestListener, front: Server): Listening {
  front.on('request', app);
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    close: async () => {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

/** A form of the server's, as a browser holds it. */
export interface OpenForm {
  readonly cookie: string;
  readonly token: string;
}

type Send = AccessServer['send'];

/** Opens a page with a form. */
export async function openForm(send: Send, path = '/sign-in', cookie = ''): Promise<OpenForm> {
  const response = await send(path, { headers: { Cookie: cookie, Accept: 'text/html' } });
  expect([path, response.status]).toEqual([path, 200]);
  const token = /name="token" value="([^"]+)"/.exec(await response.text())?.[1] ?? '';
  return { cookie: [cookie, cookiesOf(response)].filter(Boolean).join('; '), token };
}

let addresses = 0;

/** Sends a form, from another address each time where the test's proxy is believed. */
export function postForm(
  send: Send,
  path: string,
  { cookie, token }: OpenForm,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return send(path, {
    method: 'POST',
    headers: {
      Cookie: cookie,
      Accept: 'text/html',
      'X-Forwarded-For': `10.0.0.${(addresses += 1) % 256}`,
      ...headers,
    },
    body: new URLSearchParams({ token, ...fields }),
  });
}

/** The cookies that an answer sets, as the `Cookie` header of the next request. */
export function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
}

function unpadded(bytes: Buffer | string): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
