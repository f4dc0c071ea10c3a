import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardPath, releasePath } from '../jupyter/kernel-watchdog.js';
import type { QueryRecord } from '../warehouse/query-record.js';

/** The file that a kernel writes its queries to; gone when it is disposed of. */
export class QueryLog implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'daybook-queries-'));
  readonly file = join(this.#folder, 'queries.jsonl');

  constructor() {
    guardPath(this.#folder);
  }

  /** The queries so far; a line that a dying kernel did not finish is left out. */
  read(): QueryRecord[] {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      return []; // it asked nothing
    }
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as QueryRecord);
  }

  /** Forgets the queries so far. */
  clear(): void {
    rmSync(this.file, { force: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
    releasePath(this.#folder);
  }
}
