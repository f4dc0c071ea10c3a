import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
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

/** How long the lost connection is waited for before it counts as gone, in milliseconds. */
const reconnectInterval = 10;

/** Gets each message of the kernel with the channel that it came on. */
export type MessageListener = (channel: Channel, message: Message) => void;

/** What {@link connectChannels} takes beside the connection. */
export interface ConnectOptions {
  /** Called for each message, in the order of each channel. */
  listener: MessageListener;
  /** Called for each message that was refused. */
  refused?: (error: unknown) => void;
  logger?: Logger;
}

/** A client's side of a kernel's channels. */
export interface KernelChannels {
  /** The session id that our requests carry. */
  readonly session: string;
  /** A request with our session id; its answers name its id, so take note of it before sending. */
  request<T extends MessageType>(type: T, content: MessageContents[T]): Message<MessageContents[T]>;
  /** Resolves when the message is handed to ZeroMQ, which keeps it until the kernel is there. */
  send(channel: Exclude<Channel, 'iopub'>, message: Message<unknown>): Promise<void>;
  /** Resolves when the kernel's end of iopub is gone and all that it had published was received. */
  readonly iopubEnded: Promise<void>;
  /** Closes all sockets. */
  close(): void;
}

/**
 * Connects to the channels of a kernel, which need not be there yet. The heartbeat is not used: a
 * kernel that is busy in a loop does not answer it, and a local kernel's process tells us of its end.
 */
export function connectChannels(info: ConnectionInfo, options: ConnectOptions): KernelChannels {
  const { listener, refused = () => undefined, logger = silentLogger } = options;
  const session = randomUUID();
  const requester = () =>
    // shell, control and stdin share one identity: a kernel asks for input by it.
    new Dealer({ routingId: session, linger: 0, reconnectInterval, receiveHighWaterMark: 0 });
  const raw = {
    shell: requester(),
    control: requester(),
    stdin: requester(),
    // No limit to what waits for us: above one, ZeroMQ drops output silently.
    iopub: new Subscriber({ linger: 0, reconnectInterval, receiveHighWaterMark: 0 }),
  };
  raw.iopub.subscribe('');
  const sockets = {} as Record<Channel, MessageSocket>;
  for (const channel of ['shell', 'control', 'stdin', 'iopub'] as const) {
    raw[channel].connect(channelAddress(info, channel));
    sockets[channel] = new MessageSocket(raw[channel], { key: info.key, logger });
    void sockets[channel].receive((message) => {
      listener(channel, message);
    }, refused);
  }
  return {
    session,
    request: (type, content) => createMessage(type, content, { session }),
    send: (channel, message) => sockets[channel].send(message),
    iopubEnded: endOf(raw.iopub),
    close() {
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

/** Resolves when the connection is lost, or the socket closed, and nothing waits to be read. */
async function endOf(socket: Subscriber): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const event of ['disconnect', 'end'] as const) {
      socket.events.on(event, () => {
        resolve();
      });
    }
  });
  do await nextTurn();
  while (!socket.closed && socket.readable);
}
