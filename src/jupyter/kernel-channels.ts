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
} from './message.js';
import { MessageSocket } from './message-socket.js';

/** How long after a failed attempt the kernel is looked for again, in milliseconds. */
const reconnectInterval = 10;

/** Gets each message of the kernel with the channel that it came on. */
export type MessageListener = (channel: Channel, message: Message) => void;

/** A client's side of a kernel's channels. */
export interface KernelChannels {
  /** The session id that our requests carry. */
  readonly session: string;
  /** A request with our session id; its answers name its id, so take note of it before sending. */
  request<T extends MessageType>(type: T, content: MessageContents[T]): Message<MessageContents[T]>;
  /** Resolves when the message is handed to ZeroMQ, which keeps it until the kernel is there. */
  send(channel: Exclude<Channel, 'iopub'>, message: Message<unknown>): Promise<void>;
  /** Gives each message from now on to `listener`, until the returned function is called. */
  listen(listener: MessageListener): () => void;
  /** The error of the last message that was refused, if any was. */
  readonly refusal: unknown;
  /** Resolves when the kernel is there on shell, stdin and iopub. */
  readonly connected: Promise<void>;
  /** Resolves when the kernel's end of iopub is gone and all that it had published was received. */
  readonly iopubEnded: Promise<void>;
  /** Closes all sockets. */
  close(): void;
}

/**
 * Connects to the channels of a kernel, which need not be there yet. The heartbeat is not used: a
 * kernel that is busy in a loop does not answer it, and a local kernel's process tells us of its end.
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
    // No limit to what waits for us: above one, ZeroMQ drops output silently.
    iopub: new Subscriber({ linger: 0, reconnectInterval, receiveHighWaterMark: 0 }),
  };
  raw.iopub.subscribe('');
  const sockets = {} as Record<Channel, MessageSocket>;
  // A kernel that asks for input before our stdin is there asks nobody, and waits for ever.
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
    request: (type, content) => createMessage(type, content, { session }),
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

/** Resolves when a socket has met one of its kind. */
function handshake(socket: Dealer | Subscriber): Promise<void> {
  return new Promise((resolve) => {
    socket.events.on('handshake', () => {
      resolve();
    });
  });
}

/** A socket and the kernel's end that it is to be connected to. */
interface Connection {
  socket: Dealer | Subscriber;
  address: string;
}

/**
 * Connects, and again when somebody else answers. The kernel's port may for a moment be another
 * program's: when that hangs up ZeroMQ looks again by itself, but when it speaks another protocol
 * ZeroMQ gives up for good, and does not say which of the two it did.
 *
 * The sockets of one call share an identity: a kernel asks for input on stdin by that of the request
 * on shell. Each attempt has a new one. ZeroMQ's own next attempt may have reached the kernel just
 * before ours, and a kernel's router ignores whoever comes with an identity that it knows.
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
