import type { Logger } from '../../logger.js';
import { DailyFiles } from './daily-files.js';

/** What the audit log says of one thing that somebody did. */
export interface AuditEntry {
  readonly event:
    'sign-in' | 'sign-in-failed' | 'sign-in-limited' | 'sign-out' | 'view' | 'refused';
  /** The name that was given or signed in; undefined: nobody's. */
  readonly name: string | undefined;
  /** The address that it came from. */
  readonly address: string;
  readonly path?: string;
  readonly status?: number;
  /** `X-Request-Id` of the answer. */
  readonly request?: string;
  readonly detail?: string;
}

/** Entries that wait for the disk; beyond it the log says that it is not complete. */
const maxWaiting = 10_000;

/** Who read what, when and from where, as lines of JSON in one file a day. */
export class AuditLog {
  readonly #files: DailyFiles;
  readonly #logger: Logger;
  readonly #now: () => Date;
  #waiting = 0;

  constructor(
    { folder, keepDays }: { folder: string; keepDays: number },
    logger: Logger,
    now: () => Date,
  ) {
    this.#files = new DailyFiles({ folder, name: 'audit', keepDays }, now);
    this.#logger = logger;
    this.#now = now;
  }

  /** Notes something. Never fails: what cannot be written is said in the server's log. */
  note(entry: AuditEntry): void {
    if (this.#waiting >= maxWaiting) {
      this.#logger.error('an entry of the audit log is lost: the disk does not keep up');
      return;
    }
    this.#waiting += 1;
    this.#files
      .append({ time: this.#now().toISOString(), ...entry })
      .catch((error: unknown) => {
        this.#logger.error(
          `an entry of the audit log is lost: ${error instanceof Error ? error.message : String(error)}`,
        );
      })
      .finally(() => {
        this.#waiting -= 1;
      });
  }
}
