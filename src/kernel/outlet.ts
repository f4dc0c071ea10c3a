import { randomUUID } from 'node:crypto';
import type { MessageSocket } from '../jupyter/message-socket.js';
import {
  createMessage,
  type Message,
  type MessageContents,
  type MessageType,
} from '../jupyter/message.js';

/** A request with the socket that it came on. */
export interface Request {
  readonly socket: MessageSocket;
  readonly message: Message;
}

/** Where a kernel's messages go out. Sends never fail: a client that is gone is no concern of ours. */
export class Outlet {
  #iopub: MessageSocket | undefined;
  readonly #session = randomUUID();
  #last: Promise<void> = Promise.resolve();

  /** Says where to publish; before that, messages are dropped: there is no subscriber. */
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
      ...(parent === undefined ? {} : { parent: { header: parent.header, identities: [] } }),
    });
    // Subscribers may filter by what the first frame begins with.
    this.#send(this.#iopub, { ...message, identities: [Buffer.from(`kernel.${type}`)] });
  }

  /** Answers a request. */
  reply<T extends MessageType>(request: Request, type: T, content: MessageContents[T]): void {
    const { message, socket } = request;
    this.#send(socket, createMessage(type, content, { session: this.#session, parent: message }));
  }

  /** Resolves when everything so far is handed over to ZeroMQ. */
  async drained(): Promise<void> {
    await this.#last;
  }

  #send(socket: MessageSocket | undefined, message: Message<unknown>): void {
    if (socket === undefined) return;
    const sent = socket.send(message).catch(() => undefined);
    this.#last = Promise.all([this.#last, sent]).then(() => undefined);
  }
}
