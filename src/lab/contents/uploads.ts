import { randomUUID } from 'node:crypto';
import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { temporaryName } from '../../files/atomic-write.js';
import { RequestError } from '../http/request-error.js';

/** After how many milliseconds without a part an upload counts as given up. */
const patience = 60_000;

interface Upload {
  readonly temporary: string;
  /** The number that its next part has, if that is not the last. */
  next: number;
  /** When its last part came, in milliseconds of a clock that is never set. */
  heard: number;
  /** Ends when all parts are written that came so far: they are written one after the other. */
  written: Promise<void>;
}

/**
 * Large files that arrive in parts: each is in its place only when its last part is in. The protocol does
 * not say which upload a part belongs to, so there is one at a time for each file, until it is silent.
 */
export class Uploads {
  /** Those under way, by the file that they will be. */
  readonly #started = new Map<string, Upload>();
  readonly #now: () => number;

  /** @param now - Milliseconds of a clock that is never set. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Adds a part.
   *
   * @param target - The file, absolute.
   * @param chunk - 1 for the first part, 2, 3, … for those that follow, -1 for the last.
   * @returns Where it is: `target` once it is complete, until then a temporary file.
   * @throws RequestError 409 when another upload of the file is under way; 400 when the part is not the
   *   next one, which ends the upload.
   */
  async add(target: string, bytes: Buffer, chunk: number): Promise<string> {
    const upload = chunk === 1 ? this.#begin(target) : this.#find(target);
    if (chunk !== -1 && chunk !== upload.next) {
      await this.#drop(target, upload);
      throw new RequestError(
        400,
        `part ${upload.next} was to come, not part ${chunk}: upload the file again`,
      );
    }
    upload.heard = this.#now();
    upload.next += 1;
    if (chunk === -1) this.#started.delete(target);
    const written = upload.written.then(() => appendFile(upload.temporary, bytes));
    upload.written = written.catch(() => undefined);
    try {
      await written;
      if (chunk !== -1) return upload.temporary;
      await rename(upload.temporary, target);
      return target;
    } catch (error) {
      await this.#drop(target, upload);
      throw error;
    }
  }

  /** Deletes what was never completed. */
  async close(): Promise<void> {
    for (const [target, upload] of [...this.#started]) await this.#drop(target, upload);
  }

  #begin(target: string): Upload {
    const before = this.#started.get(target);
    if (before !== undefined && this.#now() - before.heard < patience) {
      throw new RequestError(
        409,
        `${basename(target)} is being uploaded already; try again a minute after that has stopped`,
      );
    }
    const temporary = temporaryName(target, randomUUID());
    const made = before === undefined ? Promise.resolve() : this.#remove(before);
    const written = made.then(() => writeFile(temporary, '', { flag: 'wx' }));
    const upload: Upload = { temporary, next: 1, heard: this.#now(), written };
    this.#started.set(target, upload);
    return upload;
  }

  #find(target: string): Upload {
    const upload = this.#started.get(target);
    if (upload !== undefined) return upload;
    throw new RequestError(400, 'the upload did not begin with its first part');
  }

  async #drop(target: string, upload: Upload): Promise<void> {
    if (this.#started.get(target) === upload) this.#started.delete(target);
    await this.#remove(upload);
  }

  async #remove({ temporary, written }: Upload): Promise<void> {
    await written.catch(() => undefined);
    await rm(temporary, { force: true });
  }
}
