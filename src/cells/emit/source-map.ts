// Source maps whose originals are moved to other places (https://tc39.es/ecma426/).

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A line and a column, both from 0. */
export type MapPlace = readonly [line: number, column: number];

/**
 * A source map of one source, as TypeScript writes it, with other places in the source.
 *
 * @param map - JSON.
 */
export function movedMap(map: string, move: (place: MapPlace) => MapPlace): string {
  const json = JSON.parse(map) as { mappings: string };
  let before: MapPlace = [0, 0];
  let movedBefore: MapPlace = [0, 0];
  const mappings = json.mappings.replaceAll(/[^;,]+/g, (segment) => {
    const [column = 0, source, line, place] = numbersOf(segment);
    if (source === undefined || line === undefined || place === undefined) return segment;
    before = [before[0] + line, before[1] + place];
    const moved = move(before);
    const numbers = [column, source, moved[0] - movedBefore[0], moved[1] - movedBefore[1]];
    movedBefore = moved;
    return numbers.map(digitsOf).join('');
  });
  return JSON.stringify({ ...json, mappings });
}

/** Numbers in base 64, least digit first; the lowest bit is the sign. */
function numbersOf(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = digits.indexOf(character);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    const amount = Math.floor(value / 2);
    numbers.push(value % 2 === 1 ? -amount : amount);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function digitsOf(number: number): string {
  let rest = Math.abs(number) * 2 + (number < 0 ? 1 : 0);
  let text = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += digits[rest > 0 ? digit + 32 : digit] ?? '';
  } while (rest > 0);
  return text;
}
