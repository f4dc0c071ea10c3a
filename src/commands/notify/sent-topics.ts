// Memory of sent notifications, so that a lasting problem is reported once a day.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { writeAtomically } from '../../files/atomic-write.js';
import type { Config } from '../../config/config.js';
import {
  keepNotifiedTopic,
  readNotifiedTopics,
  removeNotifiedTopic,
} from '../../history/notified-topics.js';

/** The last notification of a topic. */
interface SentNotification {
  readonly digest: string;
  /** Milliseconds of Unix. */
  readonly toldAt: number;
}

/** The interval of reminders, in milliseconds. */
const reminderMs = 24 * 60 * 60 * 1000;

/**
 * The sent notifications of a receiver: in the warehouse, which all machines share, and while that is unreachable
 * in `DAYBOOK_HOME`.
 */
export class SentTopics {
  readonly #receiver: string;
  readonly #file: string;
  readonly #pool: Pool | undefined;

  /** @param pool - Undefined: the warehouse is unreachable. */
  constructor(url: string, config: Pick<Config, 'home'>, pool: Pool | undefined) {
    this.#receiver = createHash('sha256').update(url).digest('hex').slice(0, 16);
    this.#file = join(config.home, 'told.json');
    this.#pool = pool;
  }

  /** The lasting topics with their last notification. */
  async topics(): Promise<ReadonlyMap<string, SentNotification>> {
    const rows =
      this.#pool === undefined ? [] : await readNotifiedTopics(this.#pool, this.#receiver);
    return new Map([
      ...Object.entries(this.#kept()),
      ...rows.map(({ topic, digest, toldAt }) => [topic, { digest, toldAt }] as const),
    ]);
  }

  /** Stores a notification. */
  async keep(topic: string, digest: string): Promise<void> {
    if (this.#pool === undefined) {
      await this.#write({ ...this.#kept(), [topic]: { digest, toldAt: Date.now() } });
      return;
    }
    await keepNotifiedTopic(this.#pool, this.#receiver, topic, digest);
  }

  /** Deletes a topic that is over. */
  async forget(topic: string): Promise<void> {
    const { [topic]: gone, ...others } = this.#kept();
    if (gone !== undefined) await this.#write(others);
    if (this.#pool !== undefined) await removeNotifiedTopic(this.#pool, this.#receiver, topic);
  }

  /** Notifications that were sent while the warehouse was unreachable. */
  #kept(): Record<string, SentNotification> {
    return this.#all()[this.#receiver] ?? {};
  }

  #all(): Record<string, Record<string, SentNotification>> {
    try {
      return JSON.parse(readFileSync(this.#file, 'utf8')) as Record<
        string,
        Record<string, SentNotification>
      >;
    } catch {
      return {};
    }
  }

  async #write(topics: Record<string, SentNotification>): Promise<void> {
    const all = JSON.stringify({ ...this.#all(), [this.#receiver]: topics });
    await writeAtomically(this.#file, all, { makeFolders: true, mode: 0o600 });
  }
}

/** Whether a notification is due: the topic is new or changed, or the last one is long ago. */
export function isDue(
  before: SentNotification | undefined,
  digest: string,
  now = Date.now(),
): boolean {
  return before?.digest !== digest || now - before.toldAt >= reminderMs;
}
