// Events of a run in progress, for progress displays.

import type {
  FileReport,
  ModelReport,
  PipelineReport,
} from '../history/reports/pipeline-report.js';
import type { TaskError } from '../history/reports/task-error.js';

/** An event of a run, in the order of its progress. */
export type PipelineEvent =
  | { readonly type: 'waiting' }
  | {
      readonly type: 'run_started';
      readonly runId: number;
      readonly files: number;
      readonly bytes: number;
      readonly models: number;
    }
  | { readonly type: 'file_started'; readonly file: string; readonly bytes: number }
  | { readonly type: 'file_progress'; readonly file: string; readonly bytesRead: number }
  | ({ readonly type: 'file_finished' } & FileReport)
  | { readonly type: 'model_started'; readonly model: string }
  | {
      readonly type: 'task_retried';
      /** A model's name, or `load:FILE`. */
      readonly task: string;
      /** The number of the failed attempt, from 1. */
      readonly attempt: number;
      readonly error: TaskError;
      readonly delayMs: number;
    }
  | ({ readonly type: 'model_finished' } & ModelReport)
  /** `whole`: the report with what other processes have done of a run that they share. */
  | {
      readonly type: 'run_finished';
      readonly report: PipelineReport;
      readonly whole?: PipelineReport;
    }
  /** The run stopped; the reason is thrown. */
  | {
      readonly type: 'run_stopped';
      readonly report: PipelineReport;
      readonly whole?: PipelineReport;
    };
