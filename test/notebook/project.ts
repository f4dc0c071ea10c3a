import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/nbformat/notebook.js';
import { formatNotebook } from '../../src/nbformat/write-notebook.js';
import { runNotebooks } from '../../src/notebook/run-notebooks.js';
import type { NotebookRunSettings } from '../../src/notebook/run-settings.js';
import { root, type TestDatabase } from '../database.js';
import { checkInProcess } from './check-in-process.js';
import { notebookOf, type CellDraft } from './notebooks.js';

/** A project of a test's own, with the packages of ours. */
export class TestProject implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'daybook-project-'));
  readonly #database: TestDatabase;

  constructor(database: TestDatabase) {
    this.#database = database;
    for (const name of ['node_modules', 'dist']) {
      symlinkSync(join(root, name), join(this.root, name));
    }
  }

  /** Writes a file; returns its path. */
  file(path: string, text: string): string {
    const file = join(this.root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** Writes a notebook; returns its path. */
  notebook(path: string, cells: readonly CellDraft[], metadata: JsonObject = {}): string {
    return this.file(path, formatNotebook(notebookOf(cells, metadata)));
  }

  /** Runs its notebooks. */
  run(options: Partial<NotebookRunSettings> = {}) {
    return runNotebooks({
      config: { ...this.#database.config, root: this.root },
      env: process.env,
      warehouse: this.#database,
      check: checkInProcess,
      ...options,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
