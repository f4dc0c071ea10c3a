// Export of rejected lines for repair by hand (`daybook rejects export`).

import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Pool } from 'pg';
import { listRejects, type RejectFilter } from '../../history/rejects/list-rejects.js';
import { formatReject, rejectPath } from './reject-file.js';
import { makeFolder } from '../../files/make-folder.js';
import { fillFolder } from '../../files/output-folder.js';

/** The suffix of exported files. */
export const rejectFileEnd = '.rejects';

/**
 * Writes the quarantine into files for repair by hand, one for each log and in the same folders, for
 * `replayRejects`. Blank lines are left out.
 *
 * @param folder - Must be empty or missing.
 * @returns The number of files and lines.
 * @throws DaybookError `OUTPUT_NOT_EMPTY`, `OUTPUT_UNWRITABLE`.
 */
export function exportRejects(
  pool: Pool,
  folder: string,
  filter: RejectFilter = {},
): Promise<{ files: number; lines: number }> {
  return fillFolder(folder, (unfinished) => writeRejects(pool, unfinished, filter));
}

async function writeRejects(
  pool: Pool,
  folder: string,
  filter: RejectFilter,
): Promise<{ files: number; lines: number }> {
  let [files, lines] = [0, 0];
  let open: { name: string; stream: WriteStream } | undefined;
  const close = async (): Promise<void> => {
    if (open === undefined) return;
    open.stream.end();
    await once(open.stream, 'close');
  };
  for await (const reject of listRejects(pool, { ...filter, isKept: true })) {
    if (reject.reason === 'blank_line') continue;
    if (open?.name !== reject.file) {
      await close();
      const path = join(folder, `${rejectPath(reject.file)}${rejectFileEnd}`);
      makeFolder(dirname(path));
      open = { name: reject.file, stream: createWriteStream(path) };
      files += 1;
    }
    if (!open.stream.write(formatReject(reject))) await once(open.stream, 'drain');
    lines += 1;
  }
  await close();
  return { files, lines };
}
