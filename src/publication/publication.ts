// Executed notebooks in the warehouse (schema `publication`): types (this file), writing (publication-writer.ts),
// reading for the dashboard (publication-reader.ts).

import type { Notice } from '../history/reports/pipeline-report.js';
import type { Visibility } from '../visibility.js';
import type { ChoiceParameter, ChosenValues } from './choice-values.js';

/** The failure of a run with its position. */
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

/** A finished run of a notebook without its document. Instants are RFC 3339 text in UTC. */
export interface RunSummary {
  /** The run's number as text: it may exceed the safe integers. */
  readonly runId: string;
  readonly status: 'passed' | 'failed';
  readonly error: RunError | undefined;
  readonly codeVersion: string | undefined;
  /** The pipeline run whose tables it read. */
  readonly pipelineRunId: string | undefined;
  /** The newest event in the warehouse at the time. */
  readonly dataThrough: string | undefined;
  /** The time zone of the pipeline run. */
  readonly timeZone: string | undefined;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Whether there is a preview image. */
  readonly hasPicture?: boolean;
}

/** A query of a run. */
export interface RunQuery {
  readonly sql: string;
  /** The values of `$1`, `$2`, … as text; null for null. Absent without any, or when unknown. */
  readonly parameters?: readonly (string | null)[];
  /** The relations that it names, like `gold.monthly_churn`. */
  readonly tables: readonly string[];
  /** Undefined: it failed. */
  readonly rows: number | undefined;
  readonly milliseconds: number;
  /** The cell of the query, from 1; undefined: unknown. */
  readonly cell: number | undefined;
}

/** An executed run of a notebook with its queries in order. */
export interface ExecutedRun {
  readonly run: RunSummary;
  /** The executed notebook: JSON text in UTF-8, in parts, not validated. */
  readonly document: readonly Uint8Array[];
  readonly queries: readonly RunQuery[];
}

/** A published notebook with the runs that its page refers to. */
export interface DashboardNotebook {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  /** Its group; empty: none. */
  readonly group: string;
  /** Who may read it; undefined: not declared. */
  readonly visibility?: Visibility | undefined;
  /** What its readers may choose; undefined: nothing. */
  readonly choices?: PublishedChoices | undefined;
  /** The newest run that passed, which the page shows. */
  readonly shown: RunSummary | undefined;
  /** Its pinned runs: until when by run, RFC 3339; null: for good. */
  readonly pinned?: Readonly<Record<string, string | null>>;
  /** The newest run. */
  readonly latest: RunSummary | undefined;
  /** A later pipeline run that changed tables: the page is outdated. */
  readonly newerPipelineRunId: string | undefined;
  /** The newest pipeline run, when it failed as a whole and refreshed nothing. */
  readonly heldBy?: string | undefined;
  /** The permitted age in words, when the data are older; undefined: they are not. */
  readonly staleAfter?: string | undefined;
}

/** The page of one combination. */
export interface ChoiceState {
  readonly values: ChosenValues;
  readonly page: DashboardNotebook;
}

/** The choices of a published notebook. */
export interface PublishedChoices {
  /** The notebook's name, whichever of its pages stands first for a reader. */
  readonly of: string;
  readonly parameters: readonly ChoiceParameter[];
  /** The combinations that have a page, but for the one of the values in the notebook. */
  readonly states: readonly ChoiceState[];
}

/** The pipeline run in progress, or the last one. */
export interface PipelineState {
  readonly runId: string;
  /** `interrupted`: its process is gone. */
  readonly status: 'running' | 'passed' | 'failed' | 'interrupted';
  readonly startedAt: string;
  readonly finishedAt: string | undefined;
  /** The number of tasks so far, and of those that are done. */
  readonly taskCount: number;
  readonly doneCount: number;
  /** The number of new shapes in its lines; 0 until it ends. */
  readonly driftCount: number;
  /** The first hundred skipped files, and the number of all. */
  readonly filesNotRead: readonly { readonly file: string; readonly reason: string }[];
  readonly filesNotReadCount: number;
  /** The problem of the newest run that ended; undefined: none. */
  readonly problem?: PipelineProblem | undefined;
  /** Notices of that run. */
  readonly notices?: readonly Notice[];
}

/** Why a pipeline run failed. */
export interface PipelineProblem {
  readonly runId: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** No table was built: everything is as before. */
  readonly isWhole: boolean;
}

/** The state of all notebooks and of the pipeline at an instant. */
export interface Publication {
  /** In the order of the dashboard. */
  readonly notebooks: readonly DashboardNotebook[];
  /** All slugs, where {@link notebooks} are only those that a reader may see. */
  readonly slugs?: readonly string[];
  /** The newest pipeline run; undefined before the first. */
  readonly pipeline: PipelineState | undefined;
}
