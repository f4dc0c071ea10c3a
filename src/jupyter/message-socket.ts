// A ZeroMQ socket for Jupyter messages.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dealer, Router, Subscriber, XPublisher } from 'zeromq';
import type { Logger } from '../logger.js';
import type { Message } from './message.js';
import { decodeMessage, encodeMessage } from './wire.js';

/** Options of {@link MessageSocket}. */
export interface MessageSocketOptions {
  /** The connection's key. */
  key: string;
  logger: Logger;
}

/**
 * A ZeroMQ socket for Jupyter messages.
 * Sends are queued: zeromq permits a single blocking send at a time and refuses others, by which kernels that do
 * not wait lose output.
 */
export class MessageSocket {
  readonly #socket: Dealer | Router | XPublisher | Subscriber;
  readonly #options: MessageSocketOptions;
  #lastSend: Promise<void> = Promise.resolve();
  /** The number of received messages, refused ones included. */
  #arrivals = 0;

  constructor(socket: Dealer | Router | XPublisher | Subscriber, options: MessageSocketOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Sends a message after all previous ones. Rejects when the socket is closed. */
  send(message: Message<unknown>): Promise<void> {
    const socket = this.#socket;
    if (!('send' in socket)) return Promise.reject(new Error('this socket only receives'));
    const frames = encodeMessage(message, this.#options.key);
    const sent = this.#lastSend.then(() => socket.send(frames));
    this.#lastSend = sent.catch(() => undefined);
    return sent;
  }

  /**
   * Calls `listener` with each message until the socket is closed. Invalid messages, and those with a wrong
   * signature, go to `refused`.
   */
  async receive(
    listener: (message: Message) => void,
    refused: (error: unknown) => void = () => undefined,
  ): Promise<void> {
    const socket = this.#socket;
    if (!('receive' in socket)) return;
    for await (const frames of socket) {
      this.#arrivals += 1;
      let message: Message;
      try {
        message = decodeMessage(frames, this.#options.key);
      } catch (error) {
        this.#options.logger.warn(error instanceof Error ? error.message : String(error));
        refused(error);
        continue;
      }
      listener(message);
    }
  }

  /**
   * Resolves when all received messages were passed to the listener: when the event loop has polled and none
   * arrived. Reading the socket's `readable` would consume the signal that the pending receive waits for.
   */
  async received(): Promise<void> {
    let before: number;
    do {
      before = this.#arrivals;
      // The event loop polls between two turns.
      await nextTurn();
      await nextTurn();
    } while (this.#arrivals !== before);
  }

  /** Closes the socket; unsent messages are dropped. */
  close(): void {
    if (!this.#socket.closed) this.#socket.close();
  }
}
