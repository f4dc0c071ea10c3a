import type { RequestHandler, Response } from 'express';
import { sendResponse, textResponse } from '../../http/prepared-response.js';
import { isLoopback } from '../../system/loopback.js';
import { addressKey } from '../../http/rate-limiter.js';
import { eventsPath } from '../paths.js';
import type { HandlerRoute } from './route.js';

/** Connections that are kept at once, in all and of one address; further ones are told to come back later. */
const maxConnections = 1000;
const maxOfAddress = 100;

/** How often the publication is looked at while somebody listens, in milliseconds. */
const defaultIntervalMs = 2500;

/** What is published, as far as a listener may read it. */
export interface ListenerState {
  /** Changes whenever a page may show something else; undefined while nothing is known. */
  readonly version: string | undefined;
  /** Their session is over. */
  readonly isOver: boolean;
}

/** Somebody who listens. */
interface Listener {
  readonly address: string;
  readonly look: () => Promise<ListenerState>;
  /** The state that they were told last: a new one is told what there is. */
  told: string | undefined;
}

/**
 * Tells open pages when the publication changes, by server-sent events. The publication is read once a
 * second at most for all listeners, and not at all while nobody listens. Looking instead of `LISTEN`
 * needs no connection of its own, works through connection poolers, and sees what any process publishes.
 */
export class LiveEvents {
  readonly #lookFor: (response: Response) => Promise<ListenerState>;
  readonly #intervalMs: number;
  readonly #listeners = new Map<Response, Listener>();
  #timer: NodeJS.Timeout | undefined;

  /** @param lookFor - What is published for who sent the request of this answer. */
  constructor(
    lookFor: (response: Response) => Promise<ListenerState>,
    intervalMs: number = defaultIntervalMs,
  ) {
    this.#lookFor = lookFor;
    this.#intervalMs = intervalMs;
  }

  /** `/events` */
  readonly handler: RequestHandler = (request, response, next) => {
    const address = addressKey(request.ip ?? '');
    if (this.#listeners.size >= maxConnections || this.#isFull(address)) {
      const later = textResponse(503, '', { 'Retry-After': '60' });
      sendResponse(response, later).catch(next);
      return;
    }
    // A stream has no end to prepare: its head alone is sent.
    response.status(200).setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write(`retry: ${Math.min(5000, this.#intervalMs * 2)}\n\n`);
    this.#listeners.set(response, {
      look: () => this.#lookFor(response),
      address,
      told: undefined,
    });
    response.on('close', () => {
      this.#listeners.delete(response);
      if (this.#listeners.size === 0) this.#rest();
    });
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#look(), this.#intervalMs);
    void this.#look();
  };

  /** Ends all connections, so that the server can close. */
  close(): void {
    for (const listener of this.#listeners.keys()) listener.end();
    this.#rest();
  }

  /** Whether an address has as many as it may; this machine's own are not counted, see `limitRequests`. */
  #isFull(address: string): boolean {
    if (isLoopback(address)) return false;
    const own = [...this.#listeners.values()].filter((listener) => listener.address === address);
    return own.length >= maxOfAddress;
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    for (const [response, listener] of this.#listeners) {
      const { version, isOver } = await listener.look();
      const { told } = listener;
      listener.told = version ?? told;
      // Who does not read is let go: what waits for a client must not pile up.
      if (response.writableNeedDrain) response.destroy();
      else if (isOver) response.end();
      else if (version === undefined) continue;
      else if (told === version) response.write(': still here\n\n');
      else response.write(`event: publication\ndata: ${version}\n\n`);
    }
  }
}

/** The address of the stream: `/events`. */
export function eventsRoute(events: LiveEvents): HandlerRoute {
  return {
    pattern: eventsPath,
    holds: 'Tells open pages of changes (server-sent events)',
    readers: 'selection',
    handlers: [events.handler],
  };
}
