// Parsed files of a program of cells.

import { statSync } from 'node:fs';
import type { CreateSourceFileOptions, ScriptTarget, SourceFile, TextRange } from 'typescript';
import { parseCell } from './last-expression.js';
import { preloaded, ts } from './compiler/typescript.js';

/** Files of packages do not change while a kernel lives. */
export function isPackageFile(path: string): boolean {
  return path.includes('/node_modules/');
}

/** A cell as a file in memory. */
export interface CellText {
  readonly text: string;
  /** The cell's closing object, by `closingObject`. */
  readonly object: TextRange | undefined;
}

interface Versioned extends Partial<CellText> {
  readonly version: string;
  /** Undefined: not parsed yet. */
  file: SourceFile | undefined;
}

/** Parsed files of packages, shared by all programs of this process. */
const packageFiles: Map<string, SourceFile> = preloaded?.files ?? new Map<string, SourceFile>();

/** The parsed files of a program: cells in memory, and files on disk. */
export class SourceFiles {
  readonly #files = new Map<string, Versioned>();
  #version = 0;

  /** Adds a cell in memory, which hides a file on disk. One that is there already stays, as it was parsed. */
  set(path: string, cell: CellText): void {
    const known = this.#files.get(path);
    if (known?.text === cell.text && isSame(known.object, cell.object)) return;
    this.#version += 1;
    this.#files.set(path, { ...cell, version: String(this.#version), file: undefined });
  }

  /** The text of a file; undefined: there is none. */
  text(path: string): string | undefined {
    return this.#files.get(path)?.text ?? ts.sys.readFile(path);
  }

  exists(path: string): boolean {
    return this.#files.get(path)?.text !== undefined || ts.sys.fileExists(path);
  }

  /** Whether the file is in memory only. */
  isVirtual(path: string): boolean {
    return this.#files.get(path)?.text !== undefined;
  }

  /** Changes with the file. */
  version(path: string): string {
    const known = this.#files.get(path);
    if (known?.text !== undefined) return known.version;
    return isPackageFile(path) ? 'package' : diskVersion(path);
  }

  /** The current file, parsed once; undefined: there is none. */
  parsed(path: string, options: ScriptTarget | CreateSourceFileOptions): SourceFile | undefined {
    if (isPackageFile(path) && !this.isVirtual(path)) {
      const known = packageFiles.get(path);
      if (known !== undefined) return known;
      const file = this.#parse(path, options, 'package');
      if (file !== undefined) packageFiles.set(path, file);
      return file;
    }
    const version = this.version(path);
    const known = this.#files.get(path);
    if (known?.version === version && known.file !== undefined) return known.file;
    const file = this.#parse(path, options, version);
    if (known?.text === undefined) this.#files.set(path, { version, file });
    else known.file = file;
    return file;
  }

  #parse(
    path: string,
    options: ScriptTarget | CreateSourceFileOptions,
    version: string,
  ): SourceFile | undefined {
    const text = this.text(path);
    if (text === undefined) return undefined;
    // The language service compares the file's version with its host's.
    const object = this.#files.get(path)?.object;
    return Object.assign(parseCell(path, text, options, object), { version });
  }
}

function isSame(a: TextRange | undefined, b: TextRange | undefined): boolean {
  return a?.pos === b?.pos && a?.end === b?.end;
}

function diskVersion(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 'missing' : `${stat.mtimeMs}-${stat.size}`;
}
