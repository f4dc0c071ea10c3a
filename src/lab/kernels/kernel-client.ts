import type { WebSocket } from 'ws';
import type { Logger } from '../../logger.js';
import type { Channel, Message } from '../../jupyter/message.js';
import type { ChannelMessage, WebsocketCodec } from './websocket-message.js';

/** What may wait for a client that does not read, in bytes of JSON, before it is given up. */
const waitingLimit = 64 * 1024 * 1024;

/** Where a client's messages go. */
export interface KernelClientOptions {
  /** Takes each message for the kernel. */
  readonly send: (client: KernelClient, message: ChannelMessage) => void;
  /** Told when the client is given up: too much waited for it. */
  readonly lost: (client: KernelClient) => void;
  readonly logger: Logger;
}

/**
 * One client of a kernel. It outlives its websocket: what the kernel says while the connection is down
 * waits, and is sent when the same client comes back.
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

  /** Whether its websocket is up. */
  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  /** Takes a new websocket for the old one, and sends what waits. */
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

  /** Gives a message of the kernel to the client, now or when it is back. */
  deliver(channel: Channel, message: Message): void {
    const socket = this.#socket;
    if (socket !== undefined && this.#codec !== undefined) {
      socket.send(this.#codec.encode({ channel, message }));
      // A browser that does not keep up: better that it comes back than that we run out of memory.
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

  /** Drops what waits: it came from a kernel that is no more. */
  forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Ends the connection. */
  disconnect(): void {
    this.#socket?.close(1001, 'the kernel ended');
  }
}
