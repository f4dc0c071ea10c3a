import type { CellService } from './cell-service.js';

/** What could stand at a place. Positions count UTF-16 units. */
export interface Completions {
  readonly matches: readonly Completion[];
  /** The part of the text that a match takes the place of. */
  readonly start: number;
  readonly end: number;
}

/** One of {@link Completions}. */
export interface Completion {
  readonly text: string;
  /** TypeScript's word for what it is: `property`, `method`, `const`. */
  readonly kind: string;
}

/** Names that fit at a position, best first. */
export function complete(service: CellService, source: string, position: number): Completions {
  const { service: languageService, path } = service.load(source);
  const found = languageService.getCompletionsAtPosition(path, position, {
    includeCompletionsForModuleExports: false,
    includeCompletionsWithInsertText: false,
  });
  const span = found?.entries[0]?.replacementSpan ?? found?.optionalReplacementSpan;
  const start = Math.min(span?.start ?? identifierStart(source, position), position);
  const word = source.slice(start, position);
  const typed = word.toLowerCase();
  const matches = (found?.entries ?? [])
    .filter(({ name }) => name.toLowerCase().startsWith(typed))
    .sort((a, b) => (a.sortText + a.name < b.sortText + b.name ? -1 : 1))
    .map(({ name, kind }) => ({ text: name, kind }));
  // What is complete is not offered again: a list that is open takes the next Enter for itself.
  const isComplete = matches.length === 1 && matches[0]?.text === word;
  return { matches: isComplete ? [] : matches, start, end: position };
}

function identifierStart(source: string, position: number): number {
  let start = position;
  while (start > 0 && /[\p{ID_Continue}$]/u.test(source[start - 1] ?? '')) start -= 1;
  return start;
}
