// Completion of names in a cell: variables, properties, modules, and table names in `table('…')` by the types of
// daybook-env.d.ts.

import type { CellSource } from '../../cells/loaded-cell.js';
import type { CellService } from './cell-service.js';

/** Completions at a position. Positions count UTF-16 units. */
export interface Completions {
  readonly matches: readonly Completion[];
  /** The range that a match replaces. */
  readonly start: number;
  readonly end: number;
}

/** A completion. */
export interface Completion {
  readonly text: string;
  /** TypeScript's kind: `property`, `method`, `const`; in a query its own, see `SqlCompletion`. */
  readonly kind: string;
  /** What it is for, where that is known already. */
  readonly description?: string;
}

/** The completions at a position, best first. */
export function complete(service: CellService, cell: CellSource, position: number): Completions {
  const { service: languageService, path, offsetAt, placeOf } = service.load(cell);
  const { source } = cell;
  const offset = offsetAt(position);
  if (offset === undefined) return { matches: [], start: position, end: position };
  const found = languageService.getCompletionsAtPosition(path, offset, {
    includeCompletionsForModuleExports: false,
    includeCompletionsWithInsertText: false,
  });
  const span = found?.entries[0]?.replacementSpan ?? found?.optionalReplacementSpan;
  const begin = span === undefined ? identifierStart(source, position) : placeOf(span.start);
  const start = Math.min(begin, position);
  const word = source.slice(start, position);
  const typed = word.toLowerCase();
  const matches = (found?.entries ?? [])
    .filter(({ name }) => name.toLowerCase().startsWith(typed))
    .sort((a, b) => (a.sortText + a.name < b.sortText + b.name ? -1 : 1))
    .map(({ name, kind }) => ({ text: name, kind }));
  // A complete word is not offered: an open list would take the next Enter.
  const isComplete = matches.length === 1 && matches[0]?.text === word;
  return { matches: isComplete ? [] : matches, start, end: position };
}

function identifierStart(source: string, position: number): number {
  let start = position;
  while (start > 0 && /[\p{ID_Continue}$]/u.test(source[start - 1] ?? '')) start -= 1;
  return start;
}
