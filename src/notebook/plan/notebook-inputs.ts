// The inputs of a notebook's run: code, imported files, packages, parameters, tables.

import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../../config/environment/env-file.js';
import type { Kernelspec } from '../../jupyter/kernelspec.js';
import { joinText, type Notebook } from '../../nbformat/notebook.js';
import { sqlMetadata } from '../../nbformat/sql-language.js';
import type { RelationStates } from '../../history/models/relation-states.js';
import { isRunnable, mayFail } from '../document/execution-metadata.js';
import { importedFiles } from './imported-files.js';

/** Digests of everything that a notebook's code depends on: while they stay the same, so do the outputs. */
export interface CodeInputs {
  /** Of each executed cell, in order. */
  readonly cells: readonly string[];
  /** Imported project files: path from the root to digest. */
  readonly files: Readonly<Record<string, string>>;
  /** The lock file, which stands for all installed packages; null: there is none. */
  readonly lock: string | null;
  readonly node: string;
  /** Name and version. */
  readonly kernel: string;
  /** Parameter values as JSON, by name; secret ones are not stored in any form. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeZone: string;
  /** The locale of numbers and dates; undefined: the default. */
  readonly locale?: string;
}

/** All inputs of a run, as stored with it. */
export interface NotebookInputs extends CodeInputs {
  /** The tables and views that it read, and those behind them. */
  readonly tables: RelationStates;
  /** Why the outputs may change in any case; null: they do not. */
  readonly unknown: string | null;
  /** Digest of what is shown and not run: text, tags, order. */
  readonly display: string;
}

/** Options of {@link codeInputs}. */
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

/** Computes the inputs of a notebook's code. */
export function codeInputs(surroundings: CodeSurroundings): CodeInputs {
  const { notebook, file, spec, env, parameters } = surroundings;
  const root = realpathSync(surroundings.root);
  const cells = notebook.cells.filter(isRunnable);
  const sources = cells.map((cell) => joinText(cell.source));
  return {
    cells: cells.map((cell, index) => {
      const sql = sqlMetadata(cell.metadata);
      const language = sql === undefined ? '' : `sql ${sql.name ?? ''} `;
      return digest(`${mayFail(cell)} ${language}${sources[index] ?? ''}`);
    }),
    files: Object.fromEntries(
      [...importedFiles(sources, dirname(file), root)].map(([path, text]) => [path, digest(text)]),
    ),
    lock: lockDigest(root),
    node: process.version,
    kernel: [spec.name, spec.version ?? ''].join(' ').trim(),
    parameters,
    timeZone: env['TZ'] ?? '',
    ...(env['DAYBOOK_LOCALE'] === undefined ? {} : { locale: env['DAYBOOK_LOCALE'] }),
  };
}

/** A digest of what a page shows beside the outputs. */
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
