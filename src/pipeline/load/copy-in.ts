import type { Connection, PoolClient, Submittable } from 'pg';

/** Bytes for a COPY. */
export interface CopyData {
  readonly bytes: Uint8Array;
  /** Called when the bytes have left this process, so that their memory can be used again. */
  readonly release?: (() => void) | undefined;
}

/** How many bytes may wait for the server: reading goes on while it writes. */
const mostInFlight = 2 * 1024 * 1024;

/**
 * Sends data to a `COPY … FROM STDIN` of one connection, as fast as the server takes it
 * (Postgres documentation, Frontend/Backend Protocol, COPY Operations).
 *
 * It is our own since nothing else tells when a chunk has left: without that each chunk needs new memory,
 * and collecting it takes this thread a sixth of the time of a load.
 *
 * @param data - Read while the server is ready; closed when the server refuses what came.
 * @throws Postgres's error, or whatever `data` throws: the server has taken nothing then.
 */
export async function copyIn(
  client: PoolClient,
  statement: string,
  data: AsyncIterable<CopyData> | Iterable<CopyData>,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.query(new CopyInQuery(statement, data, { resolve, reject }));
  });
}

class CopyInQuery implements Submittable {
  readonly #statement: string;
  readonly #data: AsyncIterable<CopyData> | Iterable<CopyData>;
  readonly #end: { resolve: () => void; reject: (error: unknown) => void };
  #sending: Promise<void> | undefined;
  #inFlight = 0;
  #wake: () => void = () => undefined;
  /** Of the server or of the connection. */
  #refusal: { readonly error: unknown } | undefined;
  /** Of the data. */
  #failure: { readonly error: unknown } | undefined;

  /** @param end - Called once the server has taken all of it, or has refused it. */
  constructor(
    statement: string,
    data: AsyncIterable<CopyData> | Iterable<CopyData>,
    end: { resolve: () => void; reject: (error: unknown) => void },
  ) {
    this.#statement = statement;
    this.#data = data;
    this.#end = end;
  }

  /** Replaced by pg, which stops the clock of a query's timeout with it. */
  callback(): void {
    // There is no clock unless pg sets one.
  }

  submit(connection: Connection): void {
    connection.query(this.#statement);
  }

  handleCopyInResponse({ stream }: Connection): void {
    this.#sending = this.#send(stream);
  }

  handleCommandComplete(): void {
    // How many rows there were is known already.
  }

  handleReadyForQuery(): void {
    this.#settle();
  }

  handleError(error: unknown): void {
    this.#refusal ??= { error };
    this.#wake();
    this.#settle();
  }

  /** It may become true whenever this waits. */
  #isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  #settle(): void {
    this.callback();
    // Until then somebody may be reading what will be closed.
    void Promise.resolve(this.#sending).then(() => {
      const wrong = this.#failure ?? this.#refusal;
      if (wrong === undefined) this.#end.resolve();
      else this.#end.reject(wrong.error);
    });
  }

  async #send(stream: Connection['stream']): Promise<void> {
    try {
      for await (const { bytes, release } of this.#data) {
        // What follows an error is dropped by the server.
        if (this.#isRefused()) return;
        this.#inFlight += bytes.length;
        stream.cork();
        stream.write(messageHead(letter.data, bytes.length));
        stream.write(bytes, (error) => {
          this.#inFlight -= bytes.length;
          if (error == null) release?.();
          else this.#refusal ??= { error };
          this.#wake();
        });
        stream.uncork();
        while (this.#inFlight >= mostInFlight && !this.#isRefused()) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
      stream.write(messageHead(letter.done, 0));
    } catch (error) {
      this.#failure = { error };
      const reason = Buffer.from('what was sent could not be read\0');
      stream.write(Buffer.concat([messageHead(letter.fail, reason.length), reason]));
    }
  }
}

const letter = { data: 'd', done: 'c', fail: 'f' } as const;

/** A message's letter, and its length with the length's own four bytes. */
function messageHead(kind: string, length: number): Buffer {
  const head = Buffer.from(`${kind}    `);
  head.writeUInt32BE(length + 4, 1);
  return head;
}
