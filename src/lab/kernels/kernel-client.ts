// A client of a kernel, and its messages while it is disconnected.

import type { WebSocket } from 'ws';
import type { Logger } from '../../logger.js';
import type { Channel, Message } from '../../jupyter/message.js';
import type { ChannelMessage, WebsocketCodec } from './websocket-message.js';

/** The most queued bytes of JSON for a client that does not read; beyond it the client is dropped. */
const waitingLimit = 64 * 1024 * 1024;

/** Options of {@link KernelClient}. */
export interface KernelClientOptions {
  /** Called with each message for the kernel. */
  readonly send: (client: KernelClient, message: ChannelMessage) => void;
  /** Called when the client is dropped. */
  readonly lost: (client: KernelClient) => void;
  readonly logger: Logger;
}

/**
 * A client of a kernel. It outlives its websocket: messages are queued while the connection is down, and sent when
 * the client reconnects.
 */
export class KernelClient {
  readonly #options: KernelClientOptions;
  #socket: WebSocket | undefined;
  #codec: WebsocketCodec | undefined;
  #waiting: ChannelMessage[] = [];
  #waitingBytes = 0;

  constructor(options: KernelClientOptions) {
    this.#options = options;
  }

  /** Whether its websocket is open. */
  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** Replaces the websocket, and sends the queue. */
  connect(socket: WebSocket, codec: WebsocketCodec): void {
    this.#socket?.terminate();
    this.#socket = socket;
    this.#codec = codec;
    socket.on('message', (data: Buffer, isBinary) => {
      let message: ChannelMessage;
      try {
        message = codec.decode(data, isBinary);
      } catch (error) {
        this.#options.logger.warn(`a client sent what is no kernel message: ${String(error)}`);
        return;
      }
      this.#options.send(this, message);
    });
    socket.on('error', (error) => {
      this.#options.logger.debug(`a client's connection broke: ${error.message}`);
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    const waiting = this.#waiting;
    this.forget();
    for (const { channel, message } of waiting) this.deliver(channel, message);
  }

  /** Sends a message of the kernel, or queues it. */
  deliver(channel: Channel, message: Message): void {
    const socket = this.#socket;
    if (socket !== undefined && this.#codec !== undefined) {
      socket.send(this.#codec.encode({ channel, message }));
      // A browser that does not keep up has to reconnect, before the server runs out of memory.
      if (socket.bufferedAmount > waitingLimit) socket.terminate();
      return;
    }
    this.#waiting.push({ channel, message });
    this.#waitingBytes += JSON.stringify(message.content).length;
    if (this.#waitingBytes > waitingLimit) {
      this.forget();
      this.#options.lost(this);
    }
  }

  /** Empties the queue of an ended kernel. */
  forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Closes the connection. */
  disconnect(): void {
    this.#socket?.close(1001, 'the kernel ended');
  }
}
