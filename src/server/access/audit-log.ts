// The audit log of the dashboard: an entry for each sign-in, sign-out, denied address and page that was read.

import type { Logger } from '../../logger.js';
import { DailyFiles } from './daily-files.js';

/** One entry of the audit log. */
export interface AuditEntry {
  readonly event:
    | 'sign-in'
    | 'sign-in-failed'
    /** Not looked at, after too many that failed. */
    | 'sign-in-limited'
    | 'sign-out'
    | 'view'
    /** Something was done with a form of operators. */
    | 'operate'
    | 'refused';
  /** The user name that was given or signed in; undefined: anonymous. */
  readonly name: string | undefined;
  /** The client's address. */
  readonly address: string;
  readonly path?: string;
  readonly status?: number;
  /** `X-Request-Id` of the response. */
  readonly request?: string;
  readonly detail?: string;
}

/** Entries in the write queue; beyond it entries are dropped, and the log says that it is incomplete. */
const maxWaiting = 10_000;

/** The audit log: who read what, when and from which address, as lines of JSON in one file a day. */
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

  /** Writes an entry. Never fails: a write error goes to the server's log. */
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
