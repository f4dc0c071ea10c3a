// Messages between the kernel and its runner.

import type { ProjectImports } from '../../cells/emit/project-module.js';
import type { WatchedAs } from './value-watch.js';

/** Commands of the kernel, one JSON object a line. */
export type RunnerCommand =
  | {
      readonly type: 'start';
      /** The prefix of the runner's messages, see frame.ts. */
      readonly marker: string;
      /** The notebook's folder, absolute. */
      readonly folder: string;
    }
  | {
      readonly type: 'run';
      /** The cell's id in its outputs. */
      readonly cell: string;
      readonly code: string;
      readonly map: string;
      /** Names of the values that it declares. */
      readonly names: readonly string[];
      readonly imports: ProjectImports;
    }
  /** Interrupts the cell if it is still running. */
  | { readonly type: 'interrupt'; readonly cell: string }
  /** Asks for the variables of the cells, or for one of them as a cell would show it. */
  | { readonly type: 'inspect'; readonly id: number; readonly name?: string }
  | ({ readonly type: 'look'; readonly id: number } & Look)
  | { readonly type: 'exit' };

/** Asks whether the names of cells are what they were, so that cells can run again as for the first time. */
export interface Look {
  readonly names: Readonly<Record<string, WatchedAs>>;
  /** Names that are taken out of the scope afterwards: the cells that declare them run again. */
  readonly forget: readonly string[];
}

/** A MIME bundle. */
export type MimeData = Record<string, unknown>;

/** A variable that a cell has declared, as lists show it. */
export interface Variable {
  readonly name: string;
  /** The type of its value: `number`, `Array(12)`, a class. */
  readonly type: string;
  /** Its value in one line, shortened. */
  readonly value: string;
}

/** An exception as data. */
export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  /** The stack in lines and columns of sources: `    at f (In[3]:2:5)`. */
  readonly stack: readonly string[];
  /** Causes and fields, as text of several lines; empty: none. */
  readonly details: string;
}

/** Messages of the runner. */
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
      readonly displayId?: string | undefined;
      /** Updates an earlier display of this id. */
      readonly isUpdate: boolean;
    }
  | { readonly type: 'clear'; readonly cell: string | undefined; readonly wait: boolean }
  | {
      readonly type: 'result';
      readonly cell: string;
      readonly data: MimeData;
      readonly metadata: MimeData;
    }
  /** The answer to `inspect`. */
  | {
      readonly type: 'inspected';
      readonly id: number;
      readonly variables: readonly Variable[];
      readonly data?: MimeData | undefined;
    }
  /** The answer to `look`: what is another, in a few words; undefined: nothing. */
  | { readonly type: 'looked'; readonly id: number; readonly finding?: string | undefined }
  /** An uncaught exception of a cell that is not running. */
  | { readonly type: 'late-error'; readonly cell: string | undefined; readonly error: ErrorReport }
  | {
      readonly type: 'done';
      readonly cell: string;
      /** Its declared names that have a value. */
      readonly defined: readonly string[];
      /** Undefined: the cell succeeded. */
      readonly error?: ErrorReport;
    };

/** Sent on standard error when a cell is done: earlier output has arrived. */
export interface RunnerSync {
  readonly type: 'sync';
  readonly cell: string;
}

/** The file descriptor of the runner's commands. */
export const commandDescriptor = 3;
