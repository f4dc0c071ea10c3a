// Executed notebooks in the warehouse (schema `publication`): this file has the types, publication-writer.ts
// stores a run, publication-reader.ts reads what the dashboard shows.

import type { Notice } from '../history/pipeline-report.js';
import type { Visibility } from '../visibility.js';

/** Why a run of a notebook failed, and where. */
export interface RunError {
  /** Number of the cell among all cells of the notebook, from 1. */
  readonly cell: number | undefined;
  /** Line and column of the cell's source, from 1. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The error's name and message. */
  readonly ename: string;
  readonly evalue: string;
}

/** One finished run of a notebook, without its document. Instants are RFC 3339 text in UTC. */
export interface RunSummary {
  /** The run's number, as text: it may be beyond what a number holds. */
  readonly runId: string;
  readonly status: 'passed' | 'failed';
  readonly error: RunError | undefined;
  readonly codeVersion: string | undefined;
  /** The pipeline run whose tables it read. */
  readonly pipelineRunId: string | undefined;
  /** The newest event that the warehouse held. */
  readonly dataThrough: string | undefined;
  /** The zone in which the pipeline run counted its days. */
  readonly timeZone: string | undefined;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** There is a picture of its main chart, for those who show links. */
  readonly hasPicture?: boolean;
}

/** One question that a run asked the warehouse. */
export interface RunQuery {
  readonly sql: string;
  /** The values of `$1`, `$2`, … as text; null: none. Left out where there are none, or not known. */
  readonly parameters?: readonly (string | null)[];
  /** The relations that it names, like `gold.monthly_churn`. */
  readonly tables: readonly string[];
  /** Undefined: it failed. */
  readonly rows: number | undefined;
  readonly milliseconds: number;
  /** The cell that asked, from 1; undefined: not known. */
  readonly cell: number | undefined;
}

/** An executed run of a notebook with what it asked, in order. */
export interface ExecutedRun {
  readonly run: RunSummary;
  /** The executed notebook: JSON text in UTF-8, in parts; whether it is one is for whoever reads it to find out. */
  readonly document: readonly Uint8Array[];
  readonly queries: readonly RunQuery[];
}

/** A published notebook with the runs that its page speaks of. */
export interface DashboardNotebook {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  /** What it is listed under; empty: nothing of its own. */
  readonly group: string;
  /** Who may read it; undefined: it does not say. */
  readonly visibility?: Visibility | undefined;
  /** The newest run that passed: what the page shows. */
  readonly shown: RunSummary | undefined;
  /** The newest run of all. */
  readonly latest: RunSummary | undefined;
  /** A later pipeline run that changed tables, so that the page is older than the data. */
  readonly newerPipelineRunId: string | undefined;
  /** The newest pipeline run, when it failed as a whole: nothing was refreshed by it. */
  readonly heldBy?: string | undefined;
  /** Its data are older than it says they may be, `maxAge` in words; undefined: they are not. */
  readonly staleAfter?: string | undefined;
}

/** A pipeline run that is under way, or the last one. */
export interface PipelineState {
  readonly runId: string;
  /** `interrupted`: its process is gone. */
  readonly status: 'running' | 'passed' | 'failed' | 'interrupted';
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** Tasks by now, and how many of them are done. */
  readonly taskCount: number;
  readonly doneCount: number;
  /** What its lines were made of that no earlier run saw; 0 until it ends. */
  readonly driftCount: number;
  /** Files of the data folder that it did not read, the first hundred, and how many there are. */
  readonly filesNotRead: readonly { readonly file: string; readonly reason: string }[];
  readonly filesNotReadCount: number;
  /** Why the newest run that ended has failed; undefined: it has not, or none has ended. */
  readonly problem?: PipelineProblem | undefined;
  /** What to look at although that run passed. */
  readonly notices?: readonly Notice[];
}

/** Why a pipeline run failed. */
export interface PipelineProblem {
  readonly runId: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** No table was built: all is as it was before. */
  readonly isWhole: boolean;
}

/** Everything that the pages say about themselves, at one instant. */
export interface Publication {
  /** In the order of the dashboard. */
  readonly notebooks: readonly DashboardNotebook[];
  /** The names of all, where {@link notebooks} are only those that somebody may read. */
  readonly slugs?: readonly string[];
  /** The newest pipeline run; undefined before the first. */
  readonly pipeline: PipelineState | undefined;
}
