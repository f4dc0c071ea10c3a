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

/** How long closed sockets go on delivering what was sent, in milliseconds. */
const linger = 1000;

/**
 * Binds the channels of a kernel at the addresses of its connection file, and answers the heartbeat.
 *
 * @param listener - Gets each request with the channel that it came on, and the socket to answer on.
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
    // A published message that does not fit is dropped silently, so there is no limit.
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

/** Tells each subscriber that it is heard from now on (protocol 5.4, JEP 65). */
async function welcome(subscriptions: XPublisher, iopub: MessageSocket): Promise<void> {
  const session = randomUUID();
  for await (const [frame] of subscriptions) {
    if (frame?.[0] !== 1) continue;
    const topic = frame.subarray(1);
    const message = createMessage('iopub_welcome', { subscription: topic.toString() }, { session });
    // The topic, as every frame of the socket, may lie in memory that is used again.
    iopub.send({ ...message, identities: [Buffer.from(topic)] }).catch(() => undefined);
  }
}
