// Checkpoints and trust of workspace files, stored outside of the workspace.

import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WorkspacePath } from './workspace-path.js';
import { makeFolder } from '../../files/make-folder.js';

/** What is stored for a file: its last checkpoint, and the digest of the trusted notebook. */
export type CompanionKind = 'checkpoint' | 'trusted';

/**
 * Files of the server about files of the workspace, kept outside of it so that the checkout has no checkpoint
 * folders. They move with their file and have its name, which may be too long for a suffix.
 */
export class CompanionFiles {
  readonly #folder: string;

  /** @param folder - Absolute; created on first use. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path of a companion file, whether it exists or not. */
  pathOf(file: WorkspacePath, kind: CompanionKind): string {
    return join(this.#folder, kind, file);
  }

  /** Like {@link pathOf}, with its folder created. */
  prepare(file: WorkspacePath, kind: CompanionKind): string {
    const path = this.pathOf(file, kind);
    makeFolder(dirname(path));
    return path;
  }

  /** Moves the companions of a renamed file or folder. */
  async move(from: WorkspacePath, to: WorkspacePath): Promise<void> {
    await this.remove(to);
    for (const [source, target] of this.#all(from, to)) {
      makeFolder(dirname(target));
      await rename(source, target).catch(ignoreMissing);
    }
  }

  /** Deletes the companions of a deleted file or folder. */
  async remove(file: WorkspacePath): Promise<void> {
    for (const [path] of this.#all(file, file)) await rm(path, { recursive: true, force: true });
  }

  #all(from: WorkspacePath, to: WorkspacePath): [string, string][] {
    return [
      // The companions of a folder's files.
      [this.pathOf(from, 'checkpoint'), this.pathOf(to, 'checkpoint')],
      [this.pathOf(from, 'trusted'), this.pathOf(to, 'trusted')],
    ];
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
