import type { RequestHandler, Response } from 'express';
import type { PublicationState } from './publication-cache.js';

/** Connections that are kept at once; further ones are told to come back later. */
const maxConnections = 200;

/** How often the publication is looked at while somebody listens, in milliseconds. */
const intervalMs = 2000;

/**
 * Tells open pages when the publication changes, by server-sent events. One look at the publication
 * serves all listeners, and there is none while nobody listens. Looking instead of `LISTEN` needs no
 * connection of its own, works through connection poolers, and sees what any process publishes.
 */
export class LiveEvents {
  readonly #state: () => Promise<PublicationState | undefined>;
  /** Who listens, each with the state that it was told last: a new one is told what there is. */
  readonly #listeners = new Map<Response, string | undefined>();
  #timer: NodeJS.Timeout | undefined;

  constructor(state: () => Promise<PublicationState | undefined>) {
    this.#state = state;
  }

  /** `/events` */
  readonly handler: RequestHandler = (request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    if (this.#listeners.size >= maxConnections) {
      response.status(503).setHeader('Retry-After', '60').end();
      return;
    }
    response.status(200).setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.write('retry: 5000\n\n');
    this.#listeners.set(response, undefined);
    response.on('close', () => {
      this.#listeners.delete(response);
      if (this.#listeners.size === 0) this.#rest();
    });
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    void this.#look();
  };

  /** Ends all connections, so that the server can close. */
  close(): void {
    for (const listener of this.#listeners.keys()) listener.end();
    this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const version = (await this.#state())?.version;
    if (version === undefined) return;
    for (const [listener, told] of this.#listeners) {
      this.#listeners.set(listener, version);
      // Who does not read is let go: what waits for a client must not pile up.
      if (listener.writableNeedDrain) listener.destroy();
      else if (told === version) listener.write(': still here\n\n');
      else listener.write(`event: publication\ndata: ${version}\n\n`);
    }
  }
}
