// This folder reads what pages show, and caches it: the state of the publication (this file), rendered runs of
// notebooks (notebook-runs.ts), and answers of the warehouse (readers/), which serve while it is unreachable
// (stale-cache.ts).

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../logger.js';
import { everybody, type Audience } from '../access/audience.js';
import { BoundedCache } from '../../http/bounded-cache.js';
import type { Publication } from '../../publication/publication.js';
import type { PublicationReader } from '../../publication/publication-reader.js';

/** The state of the publication at its last reading. */
export interface PublicationState {
  readonly publication: Publication;
  /** Whether the audience may read the pages of pipeline and data. */
  readonly seesInternals: boolean;
  /** Changes whenever anything that pages show of the publication changes. */
  readonly version: string;
  /** The current error in development. */
  readonly problem?: string | undefined;
  /** When the warehouse stopped answering (RFC 3339); undefined while it answers. */
  readonly offlineSince: string | undefined;
}

/** Audiences whose part of a state is cached. */
const maxAudiences = 500;

/** The cache's lifetime, in milliseconds: afterwards one request reads again. */
const freshMs = 1000;

/** How long a request waits for a new state while an older one is cached, in milliseconds. */
const patienceMs = 500;

/**
 * The state of the publication: read at most once a second for all requests, and kept while the warehouse is
 * unreachable.
 */
export class PublicationCache {
  readonly #reader: PublicationReader;
  readonly #logger: Logger;
  readonly #now: () => Date;
  readonly #problem: () => string | undefined;
  #last: { publication: Publication; version: string; readAt: number } | undefined;
  #offlineSince: string | undefined;
  #parts = new BoundedCache<PublicationState>(maxAudiences);
  #reading: { startedAt: number; done: Promise<void> } | undefined;

  /** @param problem - The current error in development. */
  constructor(
    reader: PublicationReader,
    logger: Logger,
    now: () => Date,
    problem: () => string | undefined = () => undefined,
  ) {
    this.#reader = reader;
    this.#logger = logger;
    this.#now = now;
    this.#problem = problem;
  }

  /**
   * The current state, or the last known one while the warehouse is slow or unreachable.
   *
   * @param audience - Filters the notebooks; audiences with the same permissions get the same version.
   * @returns Undefined when no state was ever read.
   */
  async current(audience: Audience = everybody): Promise<PublicationState | undefined> {
    const now = this.#now().getTime();
    if (this.#last === undefined) await this.#read(now).done;
    else if (!isFresh(this.#last.readAt, now)) await this.#refresh(now);
    return this.#known(audience);
  }

  /** Has the next request read again. */
  expire(): void {
    if (this.#last !== undefined) this.#last = { ...this.#last, readAt: -Infinity };
    // What is being read now may be from before.
    this.#reading = undefined;
  }

  /** The state of {@link current} when the cache is fresh; undefined otherwise. */
  fresh(audience: Audience): PublicationState | undefined {
    const now = this.#now().getTime();
    if (this.#last === undefined || !isFresh(this.#last.readAt, now)) return undefined;
    return this.#known(audience);
  }

  #known(audience: Audience): PublicationState | undefined {
    if (this.#last === undefined) return undefined;
    const { publication, version } = this.#last;
    const offlineSince = this.#offlineSince;
    const problem = this.#problem();
    const more = [offlineSince, problem].filter((part) => part !== undefined);
    const whole = {
      ...{ publication, seesInternals: true, offlineSince, problem },
      version: [version, ...more].join(' '),
    };
    return audience === everybody ? whole : this.#partOf(whole, audience);
  }

  #partOf(whole: PublicationState, audience: Audience): PublicationState {
    const key = `${whole.version} ${audience.key}`;
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const publication = audience.select(whole.publication);
    const seesInternals = audience.seesInternals(whole.publication);
    const seen = [
      audience.account,
      seesInternals,
      whole.offlineSince,
      publication.notebooks,
      publication.pipeline,
    ];
    const part = { ...whole, publication, seesInternals, version: versionOf(seen) };
    this.#parts.set(key, part);
    return part;
  }

  async #refresh(now: number): Promise<void> {
    const reading = this.#read(now);
    // Only the first requests of a slow reading wait.
    if (now - reading.startedAt >= patienceMs) return;
    const patience = new AbortController();
    await Promise.race([
      reading.done,
      sleep(patienceMs, undefined, { signal: patience.signal, ref: false }).catch(() => undefined),
    ]);
    patience.abort();
  }

  #read(now: number): { startedAt: number; done: Promise<void> } {
    if (this.#reading !== undefined) return this.#reading;
    const isNewest = (): boolean => this.#reading === reading;
    const reading: { startedAt: number; done: Promise<void> } = {
      startedAt: now,
      done: this.#reader
        .readPublication()
        .then(
          (publication) => {
            if (isNewest() || this.#last === undefined) this.#seen(publication);
          },
          (error: unknown) => {
            if (isNewest()) this.#missed(error);
          },
        )
        .finally(() => {
          if (isNewest()) this.#reading = undefined;
        }),
    };
    this.#reading = reading;
    return reading;
  }

  #seen(publication: Publication): void {
    this.#last = { publication, version: versionOf(publication), readAt: this.#now().getTime() };
    if (this.#offlineSince !== undefined) this.#logger.info('the warehouse answers again');
    this.#offlineSince = undefined;
  }

  #missed(error: unknown): void {
    if (this.#offlineSince === undefined) {
      const message = error instanceof Error ? error.message : String(error);
      this.#logger.error(`the warehouse does not answer: ${message}`);
    }
    this.#offlineSince ??= this.#now().toISOString();
    // The next attempt is a second away, however many requests come.
    if (this.#last !== undefined) this.#last = { ...this.#last, readAt: this.#now().getTime() };
  }
}

/** The wall clock may be set back: a state from the future is not fresh. */
function isFresh(readAt: number, now: number): boolean {
  return Math.abs(now - readAt) < freshMs;
}

function versionOf(value: object): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
