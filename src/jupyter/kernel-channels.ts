import { randomUUID } from 'node:crypto';
import { Dealer, Subscriber, type Observer } from 'zeromq';
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
  /**
   * Sends a request, or a reply on stdin. Resolves when it is handed to ZeroMQ, which keeps it until
   * the kernel is there.
   */
  send<T extends MessageType>(
    channel: Exclude<Channel, 'iopub'>,
    type: T,
    content: MessageContents[T],
    parent?: Message,
  ): Promise<Message<MessageContents[T]>>;
  /** Resolves when the kernel's end of iopub is gone: what it published before has been received. */
  readonly iopubLost: Promise<void>;
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
    async send(channel, type, content, parent) {
      const message = createMessage(type, content, {
        session,
        ...(parent === undefined ? {} : { parent }),
      });
      await sockets[channel].send(message);
      return message;
    },
    iopubLost: disconnected(raw.iopub.events),
    close() {
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

/** Resolves at the first loss of an established connection, or when the socket is closed. */
function disconnected(events: Observer): Promise<void> {
  return new Promise((resolve) => {
    events.on('disconnect', () => {
      resolve();
    });
    events.on('end', () => {
      resolve();
    });
  });
}
