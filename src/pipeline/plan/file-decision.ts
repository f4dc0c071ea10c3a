import { sourceDigest } from '../definitions/source-digest.js';
import type { Source } from '../definitions/source.js';
import type { EncodeJob, FileChange, KnownContent } from '../load/encode/encode-file.js';

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
