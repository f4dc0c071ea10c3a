// Whether a file is loaded, and why.

import type { Source } from '../definitions/source.js';
import type { KnownContent } from '../../history/files/ledger.js';
import type { LogFile } from '../extract/files/find-files.js';
import type { RepairedLines } from '../../history/rejects/repaired-lines.js';
import { sourceDigest } from '../definitions/digests.js';

/** A file to read; serialisable, so that it can be sent to a thread. */
export interface EncodeJob {
  readonly file: LogFile;
  readonly source: Source;
  /** Undefined: the file is read from its beginning. */
  readonly known?: KnownContent | undefined;
  /** Reads the file from its beginning although it is known. Default false. */
  readonly refresh?: boolean;
  /** The latest time that an event may have, in milliseconds of Unix. Default: any. */
  readonly latest?: number;
  /** Lines of the file that were repaired by hand. */
  readonly repairs?: RepairedLines | undefined;
}

/**
 * The change of a file since its last load. `append`: the known bytes are unchanged and others follow; only these
 * are loaded, with the last known line if it was unfinished.
 */
export type FileChange = 'unchanged' | 'append' | 'replace';

/** Whether a file was loaded by another declaration than its source's current one. */
export function isOfAnother(source: Source, known: KnownContent | undefined): boolean {
  return (
    known !== undefined &&
    (known.source !== source.name || known.definition !== sourceDigest(source))
  );
}

/** Whether a file is unchanged on disk since it was read, so that it need not be read again. */
export function isUntouched({ file, known, refresh }: EncodeJob): boolean {
  return refresh !== true && file.stamp !== undefined && file.stamp === known?.stamp;
}

/**
 * Why a file is loaded or not, in words that follow its name.
 *
 * @param change - Its change since the last load.
 * @param fullRefresh - Every file is loaded, changed or not.
 */
export function loadReason(
  change: FileChange,
  { source, known }: EncodeJob,
  fullRefresh: boolean,
): string {
  if (change === 'unchanged') return 'its content is the same';
  if (change === 'append') return 'it has grown; only its new lines are loaded';
  if (fullRefresh) return 'everything is loaded again';
  if (isOfAnother(source, known)) return 'its source is declared otherwise now';
  return known === undefined ? 'it is new' : 'its content changed';
}
