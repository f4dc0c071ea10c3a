// The client side of a kernel's channels.

import { randomUUID } from 'node:crypto';
import { Dealer, Subscriber } from 'zeromq';
import { silentLogger, type Logger } from '../logger.js';
import { channelAddress, type ConnectionInfo } from './connection-file.js';
import {
  createMessage,
  type Channel,
  type Message,
  type MessageContents,
  type MessageType,
  type UnknownContent,
} from './message.js';
import { MessageSocket } from './message-socket.js';

/** The delay between attempts to connect, in milliseconds. */
const reconnectInterval = 10;

/** Called with each message of the kernel and its channel. */
export type MessageListener = (channel: Channel, message: Message) => void;

/** A client's side of a kernel's channels. */
export interface KernelChannels {
  /** The session id of our requests. */
  readonly session: string;
  /** A request with our session id; its answers refer to its id, so register it before sending. */
  request<T extends MessageType>(
    type: T,
    content: MessageContents[T],
    metadata?: UnknownContent,
  ): Message<MessageContents[T]>;
  /** Resolves when the message is with ZeroMQ, which keeps it until the kernel is connected. */
  send(channel: Exclude<Channel, 'iopub'>, message: Message<unknown>): Promise<void>;
  /** Calls `listener` with each message, until the returned function is called. */
  listen(listener: MessageListener): () => void;
  /** The error of the last refused message. */
  readonly refusal: unknown;
  /** Resolves when the kernel is connected on shell, stdin and iopub. */
  readonly connected: Promise<void>;
  /** Resolves when the kernel's iopub has ended and everything published was received. */
  readonly iopubEnded: Promise<void>;
  /** Closes all sockets. */
  close(): void;
}

/**
 * Connects to the channels of a kernel, which may not be there yet. The heartbeat is not used: a busy kernel does
 * not answer it, and a local kernel's process reports its end.
 */
export function connectChannels(
  info: ConnectionInfo,
  logger: Logger = silentLogger,
): KernelChannels {
  const session = randomUUID();
  const listeners = new Set<MessageListener>();
  let refusal: unknown;
  const requester = () => new Dealer({ linger: 0, reconnectInterval, receiveHighWaterMark: 0 });
  const raw = {
    shell: requester(),
    control: requester(),
    stdin: requester(),
    // No limit of the queue: ZeroMQ drops output silently beyond one.
    iopub: new Subscriber({ linger: 0, reconnectInterval, receiveHighWaterMark: 0 }),
  };
  raw.iopub.subscribe('');
  const sockets = {} as Record<Channel, MessageSocket>;
  // A kernel that asks for input before our stdin is connected waits forever.
  const connected = Promise.all([raw.shell, raw.stdin, raw.iopub].map(handshake));
  const requesters = ['shell', 'control', 'stdin'] as const;
  connectPersistently(
    requesters.map((channel) => ({ socket: raw[channel], address: channelAddress(info, channel) })),
  );
  connectPersistently([{ socket: raw.iopub, address: channelAddress(info, 'iopub') }]);
  for (const channel of [...requesters, 'iopub'] as const) {
    sockets[channel] = new MessageSocket(raw[channel], { key: info.key, logger });
    void sockets[channel].receive(
      (message) => {
        for (const listener of listeners) listener(channel, message);
      },
      (error) => {
        refusal = error;
      },
    );
  }
  return {
    session,
    request: (type, content, metadata) => createMessage(type, content, { session, metadata }),
    send: (channel, message) => sockets[channel].send(message),
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    get refusal() {
      return refusal;
    },
    connected: connected.then(() => undefined),
    iopubEnded: endOf(raw.iopub).then(() => sockets.iopub.received()),
    close() {
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

/** Resolves when a socket is connected. */
function handshake(socket: Dealer | Subscriber): Promise<void> {
  return new Promise((resolve) => {
    socket.events.on('handshake', () => {
      resolve();
    });
  });
}

/** A socket and the address to connect to. */
interface Connection {
  socket: Dealer | Subscriber;
  address: string;
}

/**
 * Connects, and reconnects when another program answers. The kernel's port may belong to another program for a
 * moment: when that hangs up ZeroMQ tries again by itself, but when it speaks another protocol ZeroMQ gives up,
 * and does not tell which of the two happened.
 * The sockets of one call share an identity: a kernel asks for input on stdin by that of the request on shell.
 * Each attempt has a new one, because ZeroMQ's own next attempt may have reached the kernel just before, and a
 * kernel's router ignores an identity that it knows.
 */
function connectPersistently(connections: readonly Connection[]): void {
  const connect = () => {
    const identity = randomUUID();
    for (const { socket, address } of connections) {
      if (socket instanceof Dealer) socket.routingId = identity;
      socket.connect(address);
    }
  };
  let again: NodeJS.Timeout | undefined;
  const connectAgain = () => {
    again = undefined;
    if (connections.some(({ socket }) => socket.closed)) return;
    for (const { socket, address } of connections) socket.disconnect(address);
    connect();
  };
  for (const { socket } of connections) {
    let isKernel = false;
    void handshake(socket).then(() => (isKernel = true));
    socket.events.on('disconnect', () => {
      if (isKernel) return; // ZeroMQ itself looks for a kernel that it has known
      again ??= setTimeout(connectAgain, reconnectInterval);
    });
  }
  connect();
}

/** Resolves when the connection is lost, or the socket closed. */
function endOf(socket: Subscriber): Promise<void> {
  return new Promise((resolve) => {
    void handshake(socket).then(() => {
      socket.events.on('disconnect', () => {
        resolve();
      });
    });
    socket.events.on('end', () => {
      resolve();
    });
  });
}
