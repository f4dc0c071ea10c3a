import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dealer, Router, Subscriber, XPublisher } from 'zeromq';
import type { Logger } from '../logger.js';
import type { Message } from './message.js';
import { decodeMessage, encodeMessage } from './wire.js';

/** What {@link MessageSocket} needs to know. */
export interface MessageSocketOptions {
  /** The connection's key. */
  key: string;
  logger: Logger;
}

/**
 * A ZeroMQ socket that carries Jupyter messages.
 *
 * Sends wait for one another: zeromq allows a single blocking send at a time and refuses the others,
 * which is how kernels that do not wait lose their output.
 */
export class MessageSocket {
  readonly #socket: Dealer | Router | XPublisher | Subscriber;
  readonly #options: MessageSocketOptions;
  #lastSend: Promise<void> = Promise.resolve();

  constructor(socket: Dealer | Router | XPublisher | Subscriber, options: MessageSocketOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Sends a message after all those before it. Fails when the socket is or gets closed. */
  send(message: Message<unknown>): Promise<void> {
    const socket = this.#socket;
    if (!('send' in socket)) return Promise.reject(new Error('this socket only receives'));
    const frames = encodeMessage(message, this.#options.key);
    const sent = this.#lastSend.then(() => socket.send(frames));
    this.#lastSend = sent.catch(() => undefined);
    return sent;
  }

  /**
   * Gives each message to `listener` until the socket is closed. What is no message, or is not signed
   * with our key, is dropped and given to `refused`.
   */
  async receive(
    listener: (message: Message) => void,
    refused: (error: unknown) => void = () => undefined,
  ): Promise<void> {
    const socket = this.#socket;
    if (!('receive' in socket)) return;
    for await (const frames of socket) {
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

  /** Resolves when every message that has arrived was given to the listener. */
  async received(): Promise<void> {
    do {
      await nextTurn();
    } while ('readable' in this.#socket && this.#socket.readable);
  }

  /** Closes the socket; what was not sent yet is dropped. */
  close(): void {
    if (!this.#socket.closed) this.#socket.close();
  }
}
