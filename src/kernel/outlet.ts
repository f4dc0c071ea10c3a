// Sending of messages to front ends: replies, and what is published to all.

import { randomUUID } from 'node:crypto';
import type { MessageSocket } from '../jupyter/message-socket.js';
import {
  createMessage,
  type Message,
  type MessageContents,
  type MessageType,
} from '../jupyter/message.js';

/** A request with its socket. */
export interface Request {
  readonly socket: MessageSocket;
  readonly message: Message;
}

/** Sends the kernel's messages. Sending never fails: a client may be gone. */
export class Outlet {
  #iopub: MessageSocket | undefined;
  readonly #session = randomUUID();
  #last: Promise<void> = Promise.resolve();

  /** Sets the iopub socket; before that, messages are dropped, because there are no subscribers. */
  open(iopub: MessageSocket): void {
    this.#iopub = iopub;
  }

  /**
   * Publishes a message to all clients.
   *
   * @param parent - The request that it belongs to; undefined: none.
   */
  publish<T extends MessageType>(
    type: T,
    content: MessageContents[T],
    parent: Message | undefined,
  ): void {
    const message = createMessage(type, content, {
      session: this.#session,
      parent: parent && { header: parent.header, identities: [] },
    });
    // Subscribers may filter by the prefix of the first frame.
    this.#send(this.#iopub, { ...message, identities: [Buffer.from(`kernel.${type}`)] });
  }

  /** Replies to a request. */
  reply<T extends MessageType>(request: Request, type: T, content: MessageContents[T]): void {
    const { message, socket } = request;
    this.#send(socket, createMessage(type, content, { session: this.#session, parent: message }));
  }

  /** Resolves when all messages so far are with ZeroMQ. */
  async drained(): Promise<void> {
    await this.#last;
  }

  #send(socket: MessageSocket | undefined, message: Message<unknown>): void {
    if (socket === undefined) return;
    const sent = socket.send(message).catch(() => undefined);
    this.#last = Promise.all([this.#last, sent]).then(() => undefined);
  }
}
