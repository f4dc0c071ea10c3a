// What leading a run needs: connections, queue, configuration, and what is done around it.

import type { Pool } from 'pg';
import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment/env-file.js';
import type { Logger } from '../logger.js';
import type { RunEvent, RunReport } from '../notebook/report/run-report.js';
import type { RunPipelineOptions } from '../pipeline/run-options.js';
import type { TaskQueue } from './task-queue.js';

/** What leading a run needs. */
export interface LeaderPlace {
  readonly pool: Pool;
  readonly queue: TaskQueue;
  readonly config: Config;
  /** The environment of this process; kernels get a part of it. */
  readonly env: Environment;
  /** The URL that notebooks read by. */
  readonly readerUrl: string;
  readonly codeVersion: string | undefined;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Whether another worker goes on with the run after this error. */
  readonly isLeftToOthers: (error: unknown) => boolean;
  readonly leading?: Leading | undefined;
  readonly leadingNotebooks?: LeadingNotebooks | undefined;
}

/** Leads a run, with its notifications and the comparison of notebooks with the tables. */
export type Leading = (
  work: (more: Pick<RunPipelineOptions, 'findMisfits' | 'onEvent'>) => Promise<void>,
) => Promise<void>;

/** Leads a run of notebooks, with its notifications. */
export type LeadingNotebooks = (
  work: (onEvent: (event: RunEvent) => void) => Promise<RunReport>,
) => Promise<RunReport>;
