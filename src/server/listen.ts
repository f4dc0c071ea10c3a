import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { DaybookError } from '../errors.js';

/** A server that listens. */
export interface Listening {
  /** Its address, like `http://127.0.0.1:8050`. */
  readonly url: string;
  /** Takes no new connections, lets running answers end, and cuts off what takes longer than 5 s. */
  close(): Promise<void>;
}

/** How long running answers may take once the server closes, in milliseconds. */
const closingMs = 5000;

/**
 * Starts to listen.
 *
 * @throws DaybookError `PORT_IN_USE` or `ADDRESS_UNAVAILABLE`.
 */
export async function listen(app: Express, host: string, port: number): Promise<Listening> {
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 5000 },
    app,
  );
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
