// Delivery of lineage events: in order, beside the work, and never for longer than it may take.

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../errors.js';
import type { Logger } from '../logger.js';

/** Takes one event, as a line of JSON. */
export interface LineageTransport {
  /** @throws {@link Refused} when another attempt would end the same way; anything else is tried again. */
  send(line: string, stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A receiver that will not take an event, however often it is sent. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Bounds of the delivery. */
export interface SenderLimits {
  /** The most events that wait; others are left out. */
  readonly waiting: number;
  /** The pauses before further attempts, in milliseconds. */
  readonly pausesMs: readonly number[];
  /** How long the end of a command waits for what is not delivered yet, in milliseconds. */
  readonly flushMs: number;
}

const defaultLimits: SenderLimits = { waiting: 1000, pausesMs: [200, 1000], flushMs: 5000 };

/** Sends events in the order in which they happen. Nothing waits for it but the end of the command, for a while. */
export class LineageSender {
  readonly #transport: LineageTransport;
  readonly #logger: Logger;
  readonly #limits: SenderLimits;
  readonly #waiting: string[] = [];
  readonly #stop = new AbortController();
  #sending: Promise<void> | undefined;
  #all = 0;
  #lost = 0;
  /** The first one. */
  #problem: unknown;

  constructor(transport: LineageTransport, logger: Logger, limits: Partial<SenderLimits> = {}) {
    this.#transport = transport;
    this.#logger = logger;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Takes an event, and returns at once. */
  send(event: object): void {
    this.#all += 1;
    if (this.#waiting.length >= this.#limits.waiting) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(JSON.stringify(event));
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
      await this.#deliver(line);
    }
  }

  async #deliver(line: string): Promise<void> {
    const { signal } = this.#stop;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await this.#transport.send(line, signal);
        return;
      } catch (error) {
        this.#problem ??= error;
        const pause = this.#limits.pausesMs[attempt];
        if (error instanceof Refused || pause === undefined) break;
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
    this.#lost += 1;
  }

  /** Waits for what is not delivered yet, as long as that may take, and says what is lost. Never throws. */
  async close(): Promise<void> {
    const timer = setTimeout(() => {
      this.#stop.abort();
    }, this.#limits.flushMs);
    try {
      await this.#sending;
      await this.#transport.close();
    } catch (error) {
      this.#problem ??= error;
    } finally {
      clearTimeout(timer);
    }
    if (this.#lost === 0) return;
    const why = this.#problem === undefined ? '' : `: ${describeError(this.#problem)}`;
    this.#logger.warn(`${this.#lost} of ${this.#all} lineage events were not delivered${why}`);
  }
}

/** How long a receiver may take for one event, in milliseconds. */
const answerMs = 5000;

/**
 * Posts events to a receiver of OpenLineage.
 *
 * @param key - Sent as `Authorization: Bearer`; undefined: nothing is.
 */
export function httpTransport(url: string, key: string | undefined): LineageTransport {
  return {
    send: async (line, stop) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        },
        body: line,
        redirect: 'error',
        signal: AbortSignal.any([stop, AbortSignal.timeout(answerMs)]),
      });
      await response.body?.cancel();
      if (response.ok) return;
      const message = `the receiver answered ${response.status}`;
      const mayPass = response.status >= 500 || [408, 425, 429].includes(response.status);
      throw mayPass ? new Error(message) : new Refused(message);
    },
    close: () => Promise.resolve(),
  };
}

/** Appends events to a file, a line each. A pipe that nobody reads is refused, rather than waited for. */
export function fileTransport(path: string): LineageTransport {
  let file: FileHandle | undefined;
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
  return {
    send: async (line) => {
      try {
        file ??= await open(path, flags | constants.O_NONBLOCK);
        await file.appendFile(`${line}\n`);
      } catch (error) {
        throw new Refused(`${path} cannot be written: ${describeError(error)}`);
      }
    },
    close: async () => file?.close(),
  };
}
