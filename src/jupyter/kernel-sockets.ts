// The kernel side of its channels.

import { randomUUID } from 'node:crypto';
import { Reply, Router, XPublisher } from 'zeromq';
import { silentLogger, type Logger } from '../logger.js';
import { channelAddress, type ConnectionInfo } from './connection-file.js';
import { createMessage, type Channel, type Message } from './message.js';
import { MessageSocket } from './message-socket.js';

/** The kernel's side of its channels. */
export interface KernelSockets {
  readonly shell: MessageSocket;
  readonly control: MessageSocket;
  readonly stdin: MessageSocket;
  readonly iopub: MessageSocket;
  /** Closes all sockets. */
  close(): void;
}

/** How long closed sockets keep sending, in milliseconds. */
const linger = 1000;

/**
 * Binds the channels of a kernel by its connection file, and answers the heartbeat.
 *
 * @param listener - Called with each request, its channel and its socket.
 */
export async function bindKernelSockets(
  info: ConnectionInfo,
  listener: (channel: Exclude<Channel, 'iopub'>, message: Message, socket: MessageSocket) => void,
  logger: Logger = silentLogger,
): Promise<KernelSockets> {
  const raw = {
    shell: new Router({ linger }),
    control: new Router({ linger }),
    stdin: new Router({ linger }),
    // ZeroMQ drops published messages beyond a limit silently, so there is none.
    iopub: new XPublisher({ linger, sendHighWaterMark: 0, verbosity: 'allSubs' }),
  };
  const heartbeat = new Reply({ linger: 0 });
  const channels = ['shell', 'control', 'stdin', 'iopub'] as const;
  await Promise.all([
    ...channels.map((channel) => raw[channel].bind(channelAddress(info, channel))),
    heartbeat.bind(channelAddress(info, 'hb')),
  ]);
  const sockets = Object.fromEntries(
    channels.map((channel) => [
      channel,
      new MessageSocket(raw[channel], { key: info.key, logger }),
    ]),
  ) as Record<Channel, MessageSocket>;
  for (const channel of ['shell', 'control', 'stdin'] as const) {
    void sockets[channel].receive((message) => {
      listener(channel, message, sockets[channel]);
    });
  }
  void welcome(raw.iopub, sockets.iopub);
  void (async () => {
    for await (const frames of heartbeat) await heartbeat.send(frames);
  })();
  return {
    ...sockets,
    close() {
      for (const socket of Object.values(sockets)) socket.close();
      heartbeat.close();
    },
  };
}

/** Welcomes each subscriber (protocol 5.4, JEP 65). */
async function welcome(subscriptions: XPublisher, iopub: MessageSocket): Promise<void> {
  const session = randomUUID();
  for await (const [frame] of subscriptions) {
    if (frame?.[0] !== 1) continue;
    const topic = frame.subarray(1);
    const message = createMessage('iopub_welcome', { subscription: topic.toString() }, { session });
    // Memory of frames may be reused by the socket.
    iopub.send({ ...message, identities: [Buffer.from(topic)] }).catch(() => undefined);
  }
}
