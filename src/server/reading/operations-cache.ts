// The state of schedules, deadlines and workers: read at most once a second for all pages, and kept while the warehouse
// is away.

import { createHash } from 'node:crypto';
import type { Operations, OperationsReader } from '../../schedules/operations-reader.js';
import { isUnreachable } from '../../warehouse/connect/is-unreachable.js';

/** How long an answer holds, in milliseconds. */
const freshMs = 1000;

/** The last known {@link Operations}. */
export class OperationsCache {
  readonly #reader: OperationsReader | undefined;
  #last: Operations | undefined;
  #reading: Promise<void> | undefined;
  #readAt = -Infinity;

  /** @param reader - Undefined: nothing happens by itself. */
  constructor(reader: OperationsReader | undefined) {
    this.#reader = reader;
  }

  /** Undefined: nothing is declared, or the warehouse has not answered yet. */
  async current(): Promise<Operations | undefined> {
    if (this.#reader === undefined) return undefined;
    if (performance.now() - this.#readAt >= freshMs) {
      this.#reading ??= this.#read(this.#reader);
      await this.#reading;
    }
    return this.#last;
  }

  async #read(reader: OperationsReader): Promise<void> {
    try {
      this.#last = await reader.read();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
    } finally {
      this.#readAt = performance.now();
      this.#reading = undefined;
    }
  }
}

/** Changes with all that pages show of it. */
export function operationsVersion(operations: Operations | undefined): string {
  if (operations === undefined) return '';
  const shown = JSON.stringify({ ...operations, now: undefined });
  return createHash('sha256').update(shown).digest('base64url');
}
