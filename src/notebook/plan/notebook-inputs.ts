import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../../config/config.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import type { RelationStates } from '../../history/relation-states.js';
import { isRunnable, mayFail } from '../document/execution-metadata.js';
import { importedFiles } from './imported-files.js';

/** What decides what a notebook's code does, as digests: as long as it stays, so do the outputs. */
export interface CodeInputs {
  /** Of each cell that runs, in order. */
  readonly cells: readonly string[];
  /** The project's files that are imported, directly or not: path from the root to digest. */
  readonly files: Readonly<Record<string, string>>;
  /** The lock file, which stands for all installed packages; null: there is none. */
  readonly lock: string | null;
  readonly node: string;
  /** Name and version. */
  readonly kernel: string;
  /** Values of its parameters as JSON, by name; secret ones are not kept in any form. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeZone: string;
}

/** All that a run depended on, as it is kept with the run. */
export interface NotebookInputs extends CodeInputs {
  /** The tables and views that it read, and what these read. */
  readonly tables: RelationStates;
  /** Why it has to be run again in any case, if so. */
  readonly unknown: string | null;
  /** What is shown and not run: text, tags, order. */
  readonly display: string;
}

/** What {@link codeInputs} takes beside the notebook. */
export interface CodeSurroundings {
  readonly notebook: Notebook;
  /** The notebook's file, absolute. */
  readonly file: string;
  /** The project's root, absolute. */
  readonly root: string;
  readonly spec: Kernelspec;
  readonly env: Environment;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Reads what decides what a notebook's code does. */
export function codeInputs(surroundings: CodeSurroundings): CodeInputs {
  const { notebook, file, spec, env, parameters } = surroundings;
  const root = realpathSync(surroundings.root);
  const cells = notebook.cells.filter(isRunnable);
  const sources = cells.map((cell) => joinText(cell.source));
  return {
    cells: cells.map((cell, index) => digest(`${mayFail(cell)} ${sources[index] ?? ''}`)),
    files: Object.fromEntries(
      [...importedFiles(sources, dirname(file), root)].map(([path, text]) => [path, digest(text)]),
    ),
    lock: lockDigest(root),
    node: process.version,
    kernel: [spec.name, spec.version ?? ''].join(' ').trim(),
    parameters,
    timeZone: env['TZ'] ?? '',
  };
}

/** What is shown of a notebook beside its outputs. */
export function displayDigest({ metadata, cells }: Notebook): string {
  return digest(
    JSON.stringify([
      { ...metadata, language_info: null },
      cells.map((cell) => [cell.cell_type, cell.metadata, cell.source]),
    ]),
  );
}

/** A short digest of a text. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function lockDigest(root: string): string | null {
  try {
    return digest(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  } catch {
    return null;
  }
}
