import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DaybookError } from '../errors.js';

/** A server that listens. */
export interface Listening {
  /** Its address, like `http://127.0.0.1:8050`. */
  readonly url: string;
  /** Takes no new connections, lets running answers end, and cuts off what takes longer than 5 s. */
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
  /** Connections that are open at once; further ones are closed at once. */
  readonly connections: number;
}

const defaultLimits: ListenLimits = {
  headMs: 10_000,
  requestMs: 30_000,
  idleMs: 60_000,
  connections: 2000,
};

/** How long running answers may take once the server closes, in milliseconds. */
const closingMs = 5000;

/**
 * Starts to listen.
 *
 * @throws DaybookError `PORT_IN_USE` or `ADDRESS_UNAVAILABLE`.
 */
export async function listen(
  app: RequestListener,
  host: string,
  port: number,
  limits: Partial<ListenLimits> = {},
): Promise<Listening> {
  const { headMs, requestMs, idleMs, connections } = { ...defaultLimits, ...limits };
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: headMs,
      keepAliveTimeout: 5000,
      // Node looks for slow requests every half minute by default.
      connectionsCheckingInterval: Math.min(headMs, 5000),
    },
    app,
  );
  server.maxConnections = connections;
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

/**
 * Makes sure that a server could listen there now, for whoever does something long before.
 *
 * @throws DaybookError as {@link listen} does.
 */
export async function requireFreeAddress(host: string, port: number): Promise<void> {
  const probe = await listen(() => undefined, host, port);
  await probe.close();
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): Error {
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
      return new DaybookError('ADDRESS_UNAVAILABLE', 'The dashboard cannot listen there', {
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
