import { randomUUID } from 'node:crypto';
import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { temporaryName } from '../atomic-write.js';
import { RequestError } from './request-error.js';

/** Large files that arrive in parts: each is in its place only when its last part is in. */
export class Uploads {
  /** The temporary file of each upload under way, by the file that it will be. */
  readonly #started = new Map<string, string>();

  /**
   * Adds a part.
   *
   * @param target - The file, absolute.
   * @param chunk - 1 for the first part, -1 for the last.
   * @returns Where it is: `target` once it is complete, until then a temporary file.
   */
  async add(target: string, bytes: Buffer, chunk: number): Promise<string> {
    if (chunk === 1) {
      await this.#drop(target);
      const temporary = temporaryName(target, randomUUID());
      this.#started.set(target, temporary);
      await writeFile(temporary, bytes, { flag: 'wx' });
      return temporary;
    }
    const temporary = this.#started.get(target);
    if (temporary === undefined) {
      throw new RequestError(400, 'the upload did not begin with its first part');
    }
    await appendFile(temporary, bytes);
    if (chunk !== -1) return temporary;
    this.#started.delete(target);
    await rename(temporary, target);
    return target;
  }

  /** Deletes what was never completed. */
  async close(): Promise<void> {
    for (const target of [...this.#started.keys()]) await this.#drop(target);
  }

  async #drop(target: string): Promise<void> {
    const temporary = this.#started.get(target);
    this.#started.delete(target);
    if (temporary !== undefined) await rm(temporary, { force: true });
  }
}
