// Messages between the main thread and threads that parse files.

import type { DaybookError } from '../../../errors.js';
import type { FileBlock, FileEnd } from './encode-file.js';
import type { EncodeJob, FileChange } from '../../plan/file-decision.js';

/** An order to a thread; `id` is the number of a file. */
export type ThreadOrder =
  | { readonly id: number; readonly job: EncodeJob }
  /** A part was taken, so another may be sent. */
  | { readonly id: number; readonly order: 'taken' }
  /** The rest of the file is not needed. */
  | { readonly id: number; readonly order: 'stop' }
  /** The memory of sent rows, for reuse. */
  | { readonly spare: ArrayBuffer };

/** A message of the thread. */
export type ThreadMessage = { readonly id: number } & (
  | { readonly change: FileChange }
  | { readonly block: FileBlock }
  | { readonly end: FileEnd }
  | { readonly failure: Pick<DaybookError, 'code' | 'message' | 'where' | 'hint' | 'cause'> }
);

/** Parts of a file that a thread may send before one was taken: one in work on either side and one between. */
export const partsInFlight = 3;
