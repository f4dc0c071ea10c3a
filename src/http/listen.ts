// Listening HTTP servers: timeouts, connection limits, closing.

import {
  createServer,
  type RequestListener,
  type Server,
  IncomingMessage,
  ServerResponse,
  type ServerOptions,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { DaybookError } from '../errors.js';
import { isLoopback } from '../system/loopback.js';
import { addressKey } from './rate-limiter.js';

/** A listening server. */
export interface Listening {
  /** Its address, like `http://127.0.0.1:8050`. */
  readonly url: string;
  /** Accepts no new connections, lets running responses end, and cuts off those that take longer than 5 s. */
  close(): Promise<void>;
}

/** What one client may cost the others. */
export interface ListenLimits {
  /** How long the head of a request may take, in milliseconds. */
  readonly headMs: number;
  /** How long a whole request may take, in milliseconds. */
  readonly requestMs: number;
  /** How long nothing may happen on a connection, as when nobody reads what was sent. */
  readonly idleMs: number;
  /** The limit of open connections; further ones are closed at once. */
  readonly connections: number;
  /** The limit of open connections of one client. */
  readonly connectionsOfAddress: number;
  /** Whether a client is limited: many clients share the address of their proxy. */
  readonly isCounted: (address: string) => boolean;
}

const defaultLimits: ListenLimits = {
  headMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
  connections: 2000,
  connectionsOfAddress: 500,
  isCounted: (address) => !isLoopback(address),
};

/** How long running responses may take when the server closes, in milliseconds. */
const closingMs = 5000;

/**
 * Starts to listen.
 *
 * @throws DaybookError `PORT_IN_USE` or `ADDRESS_UNAVAILABLE`.
 */
export async function listen(
  app: Express | RequestListener,
  host: string,
  port: number,
  limits: Partial<ListenLimits> = {},
): Promise<Listening> {
  const { headMs, requestMs, idleMs, connections, ...ofAddress } = { ...defaultLimits, ...limits };
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: headMs,
      keepAliveTimeout: 5000,
      // Node's default interval of the check for slow requests is half a minute.
      connectionsCheckingInterval: Math.min(headMs, 5000),
      ...('request' in app ? messageClasses(app) : {}),
    },
    app,
  );
  server.maxConnections = connections;
  limitByAddress(server, ofAddress);
  server.setTimeout(idleMs, (socket) => {
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenError(error, host, port));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, close: () => closeServer(server) };
}

/** Closes a client's connections beyond its limit, so that others still get in. */
function limitByAddress(
  server: Server,
  { connectionsOfAddress, isCounted }: Pick<ListenLimits, 'connectionsOfAddress' | 'isCounted'>,
): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || !isCounted(remoteAddress)) return;
    const key = addressKey(remoteAddress);
    const count = (open.get(key) ?? 0) + 1;
    open.set(key, count);
    socket.on('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    });
    if (count > connectionsOfAddress) socket.destroy();
  });
}

/**
 * Checks that a server could listen there now, before long work.
 *
 * @throws DaybookError as {@link listen} does.
 */
export async function requireFreeAddress(host: string, port: number): Promise<void> {
  const probe = await listen(() => undefined, host, port);
  await probe.close();
}

/** The error of a failed listen: `PORT_IN_USE`, `ADDRESS_UNAVAILABLE`, or the cause itself. */
export function listenError(cause: NodeJS.ErrnoException, host: string, port: number): Error {
  const where = `${host}:${port}`;
  switch (cause.code) {
    case 'EADDRINUSE':
      return new DaybookError('PORT_IN_USE', 'Another program listens there already', {
        where,
        cause,
        hint: 'Stop it, or take another port with --port N (0: any free one)',
      });
    case 'EADDRNOTAVAIL':
    case 'EACCES':
    case 'ENOTFOUND':
      return new DaybookError('ADDRESS_UNAVAILABLE', 'This machine cannot listen there', {
        where,
        cause,
        hint: 'Give an address of this machine with --host, and a port above 1023 with --port',
      });
    default:
      return cause;
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, closingMs);
  await closed;
  clearTimeout(timer);
}

/**
 * Request and response classes for Node, with an application's prototypes. Express would change the prototype of
 * each object, which makes V8's objects slow; instances of these classes have it from the start.
 */
function messageClasses(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class Request extends IncomingMessage {}
  class Response<Asked extends IncomingMessage> extends ServerResponse<Asked> {}
  app.request = Object.setPrototypeOf(Request.prototype, app.request) as Express['request'];
  app.response = Object.setPrototypeOf(Response.prototype, app.response) as Express['response'];
  return { IncomingMessage: Request, ServerResponse: Response };
}
