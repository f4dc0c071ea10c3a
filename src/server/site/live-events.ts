// Server-sent events: open pages reload when what they show changes.

import type { RequestHandler, Response } from 'express';
import { sendResponse, textResponse } from '../../http/prepared-response.js';
import { isLoopback } from '../../system/loopback.js';
import { addressKey } from '../../http/rate-limiter.js';
import { eventsPath } from '../paths.js';
import type { HandlerRoute } from './route.js';

/** The limit of open connections, of all clients and of one; further requests get 503 with Retry-After. */
const maxConnections = 1000;
const maxOfAddress = 100;

/** The polling interval while a client listens, in milliseconds. */
const defaultIntervalMs = 2500;

/** What a listener may see of the publication. */
export interface ListenerState {
  /** Changes whenever a page may show something else; undefined while nothing is known. */
  readonly version: string | undefined;
  /** Whether the listener's session has ended. */
  readonly isOver: boolean;
}

/** An open page that listens. */
interface Listener {
  readonly address: string;
  readonly state: () => Promise<ListenerState>;
  /** The version that was last sent to it; a new listener gets the current one. */
  sentVersion: string | undefined;
}

/**
 * Notifies open pages by server-sent events when the publication changes. The publication is polled once a second
 * at most for all listeners, and not at all without any, and at once after news of it: polling works through connection
 * poolers, too.
 */
export class LiveEvents {
  readonly #stateFor: (response: Response) => Promise<ListenerState>;
  readonly #intervalMs: number;
  readonly #listeners = new Map<Response, Listener>();
  #timer: NodeJS.Timeout | undefined;

  /** @param stateFor - The state for the principal of this response. */
  constructor(
    stateFor: (response: Response) => Promise<ListenerState>,
    intervalMs: number = defaultIntervalMs,
  ) {
    this.#stateFor = stateFor;
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
    // A stream has no prepared body: its head is sent at once.
    response.status(200).setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write(`retry: ${Math.min(5000, this.#intervalMs * 2)}\n\n`);
    this.#listeners.set(response, {
      state: () => this.#stateFor(response),
      address,
      sentVersion: undefined,
    });
    response.on('close', () => {
      this.#listeners.delete(response);
      if (this.#listeners.size === 0) this.#rest();
    });
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#poll(), this.#intervalMs);
    void this.#poll();
  };

  /** Looks at the publication at once. */
  tell(): void {
    if (this.#listeners.size > 0) void this.#poll();
  }

  /** Closes all connections, so that the server can stop. */
  close(): void {
    for (const listener of this.#listeners.keys()) listener.end();
    this.#rest();
  }

  /** Whether a client has reached its limit; this machine's own addresses have none, see `limitRequests`. */
  #isFull(address: string): boolean {
    if (isLoopback(address)) return false;
    const own = [...this.#listeners.values()].filter((listener) => listener.address === address);
    return own.length >= maxOfAddress;
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #poll(): Promise<void> {
    for (const [response, listener] of this.#listeners) {
      const { version, isOver } = await listener.state();
      const { sentVersion } = listener;
      listener.sentVersion = version ?? sentVersion;
      // A client that does not read is disconnected, because its messages would fill the memory.
      if (response.writableNeedDrain) response.destroy();
      else if (isOver) response.end();
      else if (version === undefined) continue;
      else if (sentVersion === version) response.write(': still here\n\n');
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
