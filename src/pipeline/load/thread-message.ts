import type { DaybookError } from '../../errors.js';
import type { EncodedPart } from './encode-file.js';

/** What a thread that reads a file sends to the one that loads it. */
export type ThreadMessage =
  | { readonly part: EncodedPart }
  | { readonly failure: Pick<DaybookError, 'code' | 'message' | 'where' | 'hint' | 'cause'> };

/**
 * Parts that a thread may send before it hears that one was taken: one in work on either side and one
 * between.
 */
export const partsInFlight = 3;
