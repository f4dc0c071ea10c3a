// The TypeScript compiler, from the start-up snapshot if there is one.

import { createRequire } from 'node:module';
import type { SourceFile } from 'typescript';

type TypeScript = typeof import('typescript');

/** The content of a start-up snapshot (snapshot-entry.cts). */
export interface Preloaded {
  readonly ts: TypeScript;
  /** Parsed declaration files of packages by their paths: TypeScript's library, Node's types. */
  readonly files: Map<string, SourceFile>;
}

const preloadedKey = Symbol.for('daybook.preloaded');

/** The content of this process's start-up snapshot; undefined: there is none. */
export const preloaded = (globalThis as { [preloadedKey]?: Preloaded })[preloadedKey];

/** The TypeScript compiler. It takes 0.2 s to load, so a process with a snapshot takes it from there. */
export const ts: TypeScript =
  preloaded?.ts ?? (createRequire(import.meta.url)('typescript') as TypeScript);
