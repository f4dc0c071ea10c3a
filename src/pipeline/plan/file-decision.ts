import type { Source } from '../definitions/source.js';
import type { KnownContent } from '../../history/ledger.js';
import type { LogFile } from '../extract/files/find-files.js';
import type { RepairedLines } from '../../history/repaired-lines.js';
import { sourceDigest } from '../definitions/digests.js';

/** A file to read. Everything in it can be sent to another thread. */
export interface EncodeJob {
  readonly file: LogFile;
  readonly source: Source;
  /** Without it the file is read from its beginning in any case. */
  readonly known?: KnownContent | undefined;
  /** Read it from its beginning although it is known. Default false. */
  readonly refresh?: boolean;
  /** The latest time that an event may have, in milliseconds of Unix. Default: any. */
  readonly latest?: number;
  /** Lines of it that were repaired by hand. */
  readonly repairs?: RepairedLines | undefined;
}

/**
 * How a file stands to what is known of it. `append`: the known bytes are as they were and others
 * follow; what comes is only these, with the known last line if that was unfinished.
 */
export type FileChange = 'unchanged' | 'append' | 'replace';

/** Whether a file was loaded by another declaration than that of its source today. */
export function isOfAnother(source: Source, known: KnownContent | undefined): boolean {
  return (
    known !== undefined &&
    (known.source !== source.name || known.definition !== sourceDigest(source))
  );
}

/** Whether a file is on disk as it was when its content was read, so that it need not be read again. */
export function isUntouched({ file, known, refresh }: EncodeJob): boolean {
  return refresh !== true && file.stamp !== undefined && file.stamp === known?.stamp;
}

/**
 * Why a file is loaded or not, in words that follow its name.
 *
 * @param change - How it stands to what is known of it.
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
