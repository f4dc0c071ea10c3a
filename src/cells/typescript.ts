import { createRequire } from 'node:module';
import type { SourceFile } from 'typescript';

type TypeScript = typeof import('typescript');

/** What a start-up snapshot holds (snapshot-entry.cts). */
export interface Preloaded {
  readonly ts: TypeScript;
  /** Parsed declaration files of packages by their paths: TypeScript's library, Node's types. */
  readonly files: Map<string, SourceFile>;
}

const preloadedKey = Symbol.for('daybook.preloaded');

/** What the start-up snapshot of this process holds; undefined: the process has none. */
export const preloaded = (globalThis as { [preloadedKey]?: Preloaded })[preloadedKey];

/**
 * The TypeScript compiler. It takes 0.2 s to load, so a process that was started from a snapshot
 * takes it from there.
 */
export const ts: TypeScript =
  preloaded?.ts ?? (createRequire(import.meta.url)('typescript') as TypeScript);
