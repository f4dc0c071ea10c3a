// The log of a notebook's queries during a run.

import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardPath, releasePath } from '../../jupyter/kernel-watchdog.js';
import type { QueryRecord } from '../../warehouse/query/query-record.js';

/** The file that a kernel writes its queries to; deleted on disposal. */
export class QueryLog implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'daybook-queries-'));
  readonly file = join(this.#folder, 'queries.jsonl');

  /**
   * @param owner - The user of the kernel, if it is another one. That user can write the file, but not replace it
   *   by another one or a link: the folder stays ours.
   */
  constructor(owner?: { readonly uid: number; readonly gid: number }) {
    guardPath(this.#folder);
    writeFileSync(this.file, '', { mode: 0o600 });
    if (owner === undefined) return;
    chmodSync(this.#folder, 0o711);
    chownSync(this.file, owner.uid, owner.gid);
  }

  /** The queries so far; an incomplete last line is left out. */
  read(): QueryRecord[] {
    return readFileSync(this.file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as QueryRecord);
  }

  /** Empties the log. */
  clear(): void {
    truncateSync(this.file);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
    releasePath(this.#folder);
  }
}
