// Uploads of large files in parts. The size limit of an upload is in lab-server.ts (`saveLimit`).

import { randomUUID } from 'node:crypto';
import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { temporaryName } from '../../files/atomic-write.js';
import { RequestError } from '../http/request-error.js';

/** The silence after which an upload counts as abandoned, in milliseconds. */
const patience = 60_000;

interface Upload {
  readonly temporary: string;
  /** The number of the next part, unless it is the last. */
  next: number;
  /** The time of the last part, in milliseconds of a monotonic clock. */
  heard: number;
  /** Settles when all received parts are written, one after the other. */
  written: Promise<void>;
}

/**
 * Uploads in parts: the file is in its place only when it is complete. The protocol does not identify uploads, so
 * there is one at a time for each file, until it is silent.
 */
export class Uploads {
  /** Uploads in progress by target. */
  readonly #started = new Map<string, Upload>();
  readonly #now: () => number;

  /** @param now - Milliseconds of a monotonic clock. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Adds a part.
   *
   * @param target - The file, absolute.
   * @param chunk - 1 for the first part, 2, 3, … for those that follow, -1 for the last.
   * @returns The file's current path: `target` once it is complete, until then a temporary file.
   * @throws RequestError 409 when another upload of the file is in progress; 400 for a part out of order, which
   *   ends the upload.
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

  /** Deletes incomplete uploads. */
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
