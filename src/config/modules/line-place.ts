// Line and column of an offset in a text.

/**
 * Where an offset is, as messages say it.
 *
 * @returns `LINE:COLUMN`, both from 1.
 */
export function linePlace(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}
