// The connection by which editors describe queries at each key: kept open, with a cached catalogue, and left alone for
// a while after a failure.

import type { PoolClient } from 'pg';
import type { Config } from '../config/config.js';
import type { Reader } from '../warehouse/warehouse.js';
import type { Catalogue } from './catalogue.js';
import type { Describe } from './describe-queries.js';
import type { ProjectTypes } from './project-types.js';

/** How long a connection waits for the next question, in milliseconds. */
const idleMs = 60_000;

/** How old a catalogue is when it is read anew beside the next answer, in milliseconds. */
const renewMs = 30_000;

/** How long a warehouse that could not be reached is not asked again, in milliseconds. */
const restMs = 10_000;

interface Connection {
  readonly reader: Reader;
  readonly client: PoolClient;
}

interface KnownCatalogue {
  readonly types: string;
  readonly readAt: number;
  readonly catalogue: Promise<Catalogue>;
}

/**
 * Describes queries by one connection of the reader's role that stays, with a catalogue that is read once and again
 * when the project's types have changed, as after a pipeline run.
 */
export class WarmWarehouse {
  readonly #config: () => Promise<Config>;
  #connection: Promise<Connection> | undefined;
  #failedAt = -Infinity;
  #known: KnownCatalogue | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Settles when the last question is answered: a connection has one statement at a time. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param config - Of the project; asked for with the first question. */
  constructor(config: () => Promise<Config>) {
    this.#config = config;
  }

  /** Whether it could not be reached a moment ago. */
  get isAway(): boolean {
    return Date.now() - this.#failedAt < restMs;
  }

  /** Describes queries, see `describeQueries`. */
  readonly describe: Describe = (texts, types, options = {}) =>
    this.#ask(async ({ client }) => {
      const { describeQueries } = await import('./describe-queries.js');
      const catalogue = () => this.#read(client, types);
      return describeQueries(client, texts, types, { ...options, catalogue });
    });

  /** The catalogue, with the project's tables as their headers have them. */
  catalogue(types: Pick<ProjectTypes, 'tables'>): Promise<Catalogue> {
    const { types: known, readAt, catalogue } = this.#known ?? {};
    if (catalogue !== undefined && known === textOf(types)) {
      const isOld = Date.now() - (readAt ?? 0) > renewMs;
      // The next question has the new one.
      if (isOld) this.#ask(({ client }) => this.#read(client, types, true)).catch(() => undefined);
      return catalogue;
    }
    return this.#ask(({ client }) => this.#read(client, types));
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    connection?.client.release(true);
    await connection?.reader.close();
  }

  async #read(
    client: PoolClient,
    types: Pick<ProjectTypes, 'tables'>,
    isForced = false,
  ): Promise<Catalogue> {
    const text = textOf(types);
    if (!isForced && this.#known?.types === text) return this.#known.catalogue;
    const { readCatalogue } = await import('./catalogue.js');
    const catalogue = readCatalogue(client, types);
    const known = { types: text, readAt: Date.now(), catalogue };
    if (!isForced) this.#known = known;
    try {
      await catalogue;
      this.#known = known;
    } catch (error) {
      if (this.#known === known) this.#known = undefined;
      throw error;
    }
    return catalogue;
  }

  #ask<T>(question: (connection: Connection) => Promise<T>): Promise<T> {
    const answer = this.#last.then(() => this.#answer(question));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #answer<T>(question: (connection: Connection) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    try {
      const connection = await (this.#connection ??= this.#connect());
      const answer = await question(connection);
      this.#failedAt = -Infinity;
      return answer;
    } catch (error) {
      // A question that was given up says nothing of the connection.
      if (!(error instanceof Error && error.name === 'AbortError')) {
        this.#failedAt = Date.now();
        void this.close();
      }
      throw error;
    } finally {
      this.#idle = setTimeout(() => void this.close(), idleMs);
      this.#idle.unref();
    }
  }

  async #connect(): Promise<Connection> {
    // Postgres's client takes its time to load, and most cells ask nothing new.
    const [{ openReader }, config] = await Promise.all([
      import('../warehouse/warehouse.js'),
      this.#config(),
    ]);
    const reader = await openReader(config);
    try {
      return { reader, client: await reader.pool.connect() };
    } catch (error) {
      await reader.close();
      throw error;
    }
  }
}

function textOf({ tables }: Pick<ProjectTypes, 'tables'>): string {
  return [...tables.values()].map(({ text }) => text).join('');
}
