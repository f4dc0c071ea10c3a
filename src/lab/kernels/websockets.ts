// Websockets of the lab.

import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { checkAccess, type AccessOptions } from '../http/access.js';
import type { Kernels } from './kernels.js';
import { requestAddress } from '../../http/request-address.js';
import { defaultCodec, v1Codec, v1Protocol } from './websocket-message.js';

/** The largest message of a client, in bytes. */
const messageLimit = 128 * 1024 * 1024;

/** The interval of pings, in milliseconds. */
const pingInterval = 30_000;

const channelsPath = /^\/api\/kernels\/([\w-]+)\/channels$/;

/**
 * Accepts the websockets of a server: kernel channels, and events, of which there are none.
 *
 * @returns Closes all connections.
 */
export function acceptWebsockets(
  server: Server,
  kernels: Kernels,
  access: AccessOptions,
): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    handleProtocols: (offered) => (offered.has(v1Protocol) ? v1Protocol : false),
  });
  const alive = new WeakSet<WebSocket>();
  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (alive.delete(socket)) socket.ping();
      else socket.terminate();
    }
  }, pingInterval);
  sockets.on('connection', (socket) => {
    alive.add(socket);
    socket.on('pong', () => alive.add(socket));
    socket.on('error', () => undefined); // the close that follows says all
  });

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => undefined);
    // A browser's websocket needs the same credential as any request: it sends the cookie, too.
    const verdict = checkAccess(request, access);
    if (typeof verdict !== 'string') {
      refuse(stream, verdict.status);
      return;
    }
    const { path, query } = requestAddress(request.url ?? '');
    const id = channelsPath.exec(path)?.[1];
    const kernel = id === undefined ? undefined : kernels.find(id);
    if (kernel === undefined && path !== '/api/events/subscribe') {
      refuse(stream, 404);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      sockets.emit('connection', socket, request);
      const codec = socket.protocol === v1Protocol ? v1Codec : defaultCodec;
      kernel?.client(query.get('session_id') ?? randomUUID()).connect(socket, codec);
    });
  });
  return () => {
    clearInterval(pings);
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function refuse(stream: Duplex, status: 403 | 404): void {
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`);
}
