import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { RenderLimits, RenderMessage, RenderOrder } from './render-job.js';
import { packageFile } from '../../files/package-file.js';

const entry = packageFile('dist/server/rendering/render-process.js');

/** The last message of a job. */
export type RenderEnd = Exclude<
  RenderMessage,
  { begin: string } | { fault: string } | { slow: true }
>;

/**
 * A process that renders, with an empty environment and no inherited files. It ends with its parent, and does not keep
 * its parent alive while it is idle.
 */
export class RenderChild {
  readonly #process: ChildProcess;
  #hear: ((message: RenderMessage | undefined) => void) | undefined;

  constructor(limits: RenderLimits) {
    this.#process = fork(entry, [JSON.stringify(limits)], {
      env: {},
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // Answering requests comes before rendering.
    if (this.#process.pid !== undefined) lowerPriority(this.#process.pid);
    this.#process.on('message', (message) => this.#hear?.(message as RenderMessage));
    this.#process.on('exit', () => this.#hear?.(undefined));
    this.#process.on('error', () => this.#hear?.(undefined));
    this.#rest();
  }

  /** Whether the process has ended. */
  get isGone(): boolean {
    return !this.#process.connected;
  }

  /**
   * Runs a job.
   *
   * @param notice - Called with each message before the last.
   * @returns Undefined: the process is gone.
   */
  async do(
    order: RenderOrder,
    notice: (message: Exclude<RenderMessage, RenderEnd>) => void,
  ): Promise<RenderEnd | undefined> {
    this.#process.ref();
    this.#process.channel?.ref();
    try {
      return await new Promise((resolve) => {
        this.#hear = (message) => {
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
      this.#hear = undefined;
      this.#rest();
    }
  }

  /** Ends it, whatever it is at. */
  close(): void {
    this.#process.kill('SIGKILL');
  }

  #rest(): void {
    this.#process.unref();
    this.#process.channel?.unref();
  }
}

/** Lets others go first where the processors do not suffice for all. */
function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It is gone already, or the system does not allow it.
  }
}
