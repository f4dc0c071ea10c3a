import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WorkspacePath } from './workspace-path.js';
import { makeFolder } from '../../files/make-folder.js';

/** What is kept of a file: its last checkpoint, and the digest of the notebook that was trusted. */
export type CompanionKind = 'checkpoint' | 'trusted';

/**
 * What the server keeps about the workspace's files outside of the workspace: no checkpoint folders in
 * the checkout. They go where their file goes, and have its name, which may leave no room for an ending.
 */
export class CompanionFiles {
  readonly #folder: string;

  /** @param folder - Absolute; made when it is first needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where one is or would be. */
  pathOf(file: WorkspacePath, kind: CompanionKind): string {
    return join(this.#folder, kind, file);
  }

  /** Like {@link pathOf}, in a folder that exists. */
  prepare(file: WorkspacePath, kind: CompanionKind): string {
    const path = this.pathOf(file, kind);
    makeFolder(dirname(path));
    return path;
  }

  /** Follows a renamed file or folder. */
  async move(from: WorkspacePath, to: WorkspacePath): Promise<void> {
    await this.remove(to);
    for (const [source, target] of this.#all(from, to)) {
      makeFolder(dirname(target));
      await rename(source, target).catch(ignoreMissing);
    }
  }

  /** Forgets a deleted file or folder. */
  async remove(file: WorkspacePath): Promise<void> {
    for (const [path] of this.#all(file, file)) await rm(path, { recursive: true, force: true });
  }

  #all(from: WorkspacePath, to: WorkspacePath): [string, string][] {
    return [
      // Of a folder: those of all inside.
      [this.pathOf(from, 'checkpoint'), this.pathOf(to, 'checkpoint')],
      [this.pathOf(from, 'trusted'), this.pathOf(to, 'trusted')],
    ];
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
