import type { DaybookError } from '../../../errors.js';
import type { FileBlock, FileEnd } from './encode-file.js';
import type { EncodeJob, FileChange } from '../../plan/file-decision.js';

/** What a thread that reads files is told; `id` is that of one file. */
export type ThreadOrder =
  | { readonly id: number; readonly job: EncodeJob }
  /** A part was taken, so there is room for another. */
  | { readonly id: number; readonly order: 'taken' }
  /** Nobody wants the rest of the file. */
  | { readonly id: number; readonly order: 'stop' }
  /** Rows were sent: here is their memory back. */
  | { readonly spare: ArrayBuffer };

/** What it answers. */
export type ThreadMessage = { readonly id: number } & (
  | { readonly change: FileChange }
  | { readonly block: FileBlock }
  | { readonly end: FileEnd }
  | { readonly failure: Pick<DaybookError, 'code' | 'message' | 'where' | 'hint' | 'cause'> }
);

/**
 * Parts of one file that a thread may send before it hears that one was taken: one in work on either side
 * and one between.
 */
export const partsInFlight = 3;
