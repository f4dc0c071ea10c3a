// Append-only logs in one file a day, for the audit log and for sign-outs.

import { appendFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../files/make-folder.js';

/**
 * An append-only log of JSON lines in one file a day, `NAME-2026-11-22.jsonl`: old entries go by deleting whole
 * files, and several processes may append to the same file.
 */
export class DailyFiles {
  readonly #folder: string;
  readonly #name: string;
  readonly #keepDays: number;
  readonly #now: () => Date;
  #prunedOn = '';
  #writing: Promise<void> = Promise.resolve();

  constructor(
    { folder, name, keepDays }: { folder: string; name: string; keepDays: number },
    now: () => Date,
  ) {
    this.#folder = folder;
    this.#name = name;
    this.#keepDays = keepDays;
    this.#now = now;
  }

  /** Appends an object as one line. Rejects on a write error. */
  append(entry: object): Promise<void> {
    const line = `${JSON.stringify(entry)}\n`;
    // Writes keep their order: one at a time.
    const written = this.#writing.then(async () => {
      const day = dayOf(this.#now());
      if (day !== this.#prunedOn) {
        makeFolder(this.#folder, 0o700);
        await this.#prune();
        this.#prunedOn = day;
      }
      await appendFile(join(this.#folder, this.#file(day)), line, { mode: 0o600 });
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** All entries that are kept. A line that is cut short, or holds no object, is skipped. */
  async read(): Promise<Record<string, unknown>[]> {
    const texts = await Promise.all(
      (await this.#files()).map((file) => readFile(join(this.#folder, file), 'utf8')),
    );
    return texts.flatMap((text) => text.split('\n')).flatMap(parseEntry);
  }

  /** Changes whenever any process appends a line. */
  async version(): Promise<string> {
    const files = await this.#files();
    const sizes = await Promise.all(
      files.map((file) => stat(join(this.#folder, file)).then(({ size }) => `${file} ${size}`)),
    );
    return sizes.join();
  }

  async #files(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => this.#dayIn(name) !== undefined).sort();
  }

  async #prune(): Promise<void> {
    const oldest = dayOf(new Date(this.#now().getTime() - this.#keepDays * 86_400_000));
    for (const file of await this.#files()) {
      if ((this.#dayIn(file) ?? '') < oldest) await rm(join(this.#folder, file), { force: true });
    }
  }

  #file(day: string): string {
    return `${this.#name}-${day}.jsonl`;
  }

  #dayIn(file: string): string | undefined {
    const day = /(\d{4}-\d{2}-\d{2})\.jsonl$/.exec(file)?.[1];
    return day !== undefined && file === this.#file(day) ? day : undefined;
  }
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

function parseEntry(line: string): Record<string, unknown>[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? [entry as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}
