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
  /** How many messages came, the refused ones included. */
  #arrivals = 0;

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
   * Resolves when every message that has arrived was given to the listener: when the event loop has
   * polled and none came. The socket's own `readable` must not be asked: that takes away the signal
   * that the pending receive waits for, which then sleeps on what is there.
   */
  async received(): Promise<void> {
    let before: number;
    do {
      before = this.#arrivals;
      // Between two turns lies a poll of the event loop.
      await nextTurn();
      await nextTurn();
    } while (this.#arrivals !== before);
  }

  /** Closes the socket; what was not sent yet is dropped. */
  close(): void {
    if (!this.#socket.closed) this.#socket.close();
  }
}
