// A child process that renders, from the server's side.

import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { RenderLimits, RenderMessage, RenderOrder } from './render-job.js';
import { currentLocale } from '../../text/locale.js';
import { packageFile } from '../../files/package-file.js';

const entry = packageFile('dist/server/rendering/render-process.js');

/** The final message of a job. */
export type RenderEnd = Exclude<
  RenderMessage,
  { begin: string } | { fault: string } | { slow: true }
>;

/**
 * A rendering process with nothing in its environment but the locale, and without inherited files. It ends with its parent, and does not
 * keep its parent alive while it is idle.
 */
export class RenderChild {
  readonly #process: ChildProcess;
  #onMessage: ((message: RenderMessage | undefined) => void) | undefined;

  constructor(limits: RenderLimits) {
    this.#process = fork(entry, [JSON.stringify(limits)], {
      env: { DAYBOOK_LOCALE: currentLocale() },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // Requests have priority over rendering.
    if (this.#process.pid !== undefined) lowerPriority(this.#process.pid);
    this.#process.on('message', (message) => this.#onMessage?.(message as RenderMessage));
    this.#process.on('exit', () => this.#onMessage?.(undefined));
    this.#process.on('error', () => this.#onMessage?.(undefined));
    this.#rest();
  }

  /** Whether the process has ended. */
  get isGone(): boolean {
    return !this.#process.connected;
  }

  /**
   * Runs a job.
   *
   * @param notice - Called with each message before the final one.
   * @returns Undefined: the process has ended.
   */
  async do(
    order: RenderOrder,
    notice: (message: Exclude<RenderMessage, RenderEnd>) => void,
  ): Promise<RenderEnd | undefined> {
    this.#process.ref();
    this.#process.channel?.ref();
    try {
      return await new Promise((resolve) => {
        this.#onMessage = (message) => {
          if (
            message !== undefined &&
            ('begin' in message || 'fault' in message || 'slow' in message)
          )
            notice(message);
          else resolve(message);
        };
        this.#process.send(order, (error) => {
          if (error !== null) resolve(undefined);
        });
      });
    } finally {
      this.#onMessage = undefined;
      this.#rest();
    }
  }

  /** Ends the process at once. */
  close(): void {
    this.#process.kill('SIGKILL');
  }

  #rest(): void {
    this.#process.unref();
    this.#process.channel?.unref();
  }
}

/** Lowers the priority of the process where processors are scarce. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The process has ended, or the system forbids it.
  }
}
