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

/** The file that a kernel writes its queries to; gone when it is disposed of. */
export class QueryLog implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'daybook-queries-'));
  readonly file = join(this.#folder, 'queries.jsonl');

  /**
   * @param owner - Who the kernel runs as, if not as we do. That user writes into the file and cannot put
   *   another one, or a link, in its place: the folder stays ours.
   */
  constructor(owner?: { readonly uid: number; readonly gid: number }) {
    guardPath(this.#folder);
    writeFileSync(this.file, '', { mode: 0o600 });
    if (owner === undefined) return;
    chmodSync(this.#folder, 0o711);
    chownSync(this.file, owner.uid, owner.gid);
  }

  /** The queries so far; a line that a dying kernel did not finish is left out. */
  read(): QueryRecord[] {
    return readFileSync(this.file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as QueryRecord);
  }

  /** Forgets the queries so far. */
  clear(): void {
    truncateSync(this.file);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
    releasePath(this.#folder);
  }
}
