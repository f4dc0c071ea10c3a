// Places of a literal's text in the code that has it: escapes and `${…}` are longer or shorter than what they stand for.

/**
 * Where a text stands in the code: from each offset of the text, in characters from 0, it goes on at that place of the
 * code, character by character, until the next one. The last is the text's end.
 */
export type TextPlaces = readonly (readonly [offset: number, place: number])[];

/** A file of the project with queries. */
export interface QueryFile {
  readonly path: string;
  readonly text: string;
}

/** The place of an offset of the text in the code. */
export function placeOf(places: TextPlaces, offset: number): number {
  const next = places.findIndex(([at]) => at > offset);
  const [at, place] = places.at(next < 0 ? -1 : next - 1) ?? [0, 0];
  const limit = next < 0 ? place : (places[next]?.[1] ?? place) - 1;
  return Math.max(place, Math.min(place + offset - at, limit));
}

/** The offset of the text that a place of the code stands for; undefined: it is outside of it. */
export function offsetAt(places: TextPlaces, place: number): number | undefined {
  const first = places[0]?.[1] ?? 0;
  const end = places.at(-1)?.[1] ?? 0;
  if (place < first || place > end) return undefined;
  const index = places.findLastIndex(([, start]) => start <= place);
  const [at, start] = places[index] ?? [0, 0];
  return Math.min(at + place - start, places[index + 1]?.[0] ?? at);
}

/**
 * A place in a query as line and column of its cell or file, from 1, and how many characters of that line it is.
 *
 * @param source - The cell's.
 * @param offset - In characters of the query, from 0.
 * @param length - Of the query's characters. Default: 1.
 */
export function placeInCell(
  source: string,
  { places, file }: { readonly places: TextPlaces; readonly file?: QueryFile | undefined },
  offset = 0,
  length = 1,
): {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly file?: string;
} {
  const text = file?.text ?? source;
  const place = placeOf(places, offset);
  const before = text.slice(0, place).split('\n');
  const rest = (text.slice(place).split('\n', 1)[0] ?? '').length;
  const last = Math.max(place, placeOf(places, offset + Math.max(1, length) - 1));
  return {
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    length: Math.max(1, Math.min(last + 1 - place, rest)),
    ...(file === undefined ? {} : { file: file.path }),
  };
}
