import type { ProjectImports } from '../../cells/project-module.js';

/** What the kernel tells its runner, one JSON object a line. */
export type RunnerCommand =
  | {
      readonly type: 'start';
      /** What the runner's messages begin with, see frame.ts. */
      readonly marker: string;
      /** The notebook's folder, absolute. */
      readonly folder: string;
    }
  | {
      readonly type: 'run';
      /** Names the cell in its outputs. */
      readonly cell: string;
      readonly code: string;
      readonly map: string;
      /** Names of values that it declares. */
      readonly names: readonly string[];
      readonly imports: ProjectImports;
    }
  /** Ends the cell if it is still running. */
  | { readonly type: 'interrupt'; readonly cell: string }
  | { readonly type: 'exit' };

/** Representations of one thing by MIME type. */
export type MimeData = Record<string, unknown>;

/** An exception as the runner saw it. */
export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  /** Where it was thrown, in the lines and columns of sources: `    at f (In[3]:2:5)`. */
  readonly stack: readonly string[];
  /** What else is known: causes, fields, as text of several lines; empty: nothing. */
  readonly details: string;
}

/** What the runner tells the kernel. */
export type RunnerEvent =
  | { readonly type: 'ready' }
  | {
      readonly type: 'stream';
      readonly cell: string | undefined;
      readonly name: 'stdout' | 'stderr';
      readonly text: string;
    }
  | {
      readonly type: 'display';
      readonly cell: string | undefined;
      readonly data: MimeData;
      readonly metadata: MimeData;
      readonly displayId?: string;
      /** Changes what was displayed under this id before. */
      readonly isUpdate: boolean;
    }
  | { readonly type: 'clear'; readonly cell: string | undefined; readonly wait: boolean }
  | {
      readonly type: 'result';
      readonly cell: string;
      readonly data: MimeData;
      readonly metadata: MimeData;
    }
  /** An exception that no one caught, of a cell that is not running. */
  | { readonly type: 'late-error'; readonly cell: string | undefined; readonly error: ErrorReport }
  | {
      readonly type: 'done';
      readonly cell: string;
      /** Of the names that it declares, those that have a value. */
      readonly defined: readonly string[];
      /** Why it failed; undefined: it did not. */
      readonly error?: ErrorReport;
    };

/** Said on standard error when a cell is done: what was written there before has arrived. */
export interface RunnerSync {
  readonly type: 'sync';
  readonly cell: string;
}

/** The file descriptor on which a runner gets its commands. */
export const commandDescriptor = 3;
