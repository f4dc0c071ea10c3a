// Columns of tables that draw their values: what they take, and how a list of numbers is written.

import { drawsList, type CellDrawing } from '../chart/table/cell-drawing.js';
import { listSeparator, mostInList } from '../chart/table/drawn-column.js';
import { currentLocale, decimalSign } from '../text/locale.js';
import { formatNumber } from './wording.js';

/**
 * Refuses a column that cannot be drawn.
 *
 * @throws TypeError for other values than numbers, or lists of them; RangeError for lists longer than a cell can show.
 */
export function requireDrawable<Key extends string>(
  rows: readonly Readonly<Partial<Record<Key, unknown>>>[],
  key: Key,
  drawing: CellDrawing,
): void {
  for (const [index, row] of rows.entries()) {
    const value = row[key];
    if (value === null || value === undefined) continue;
    const place = `row ${index + 1} of the column \`${key}\``;
    if (!drawsList(drawing)) {
      if (isNumber(value)) continue;
      throw new TypeError(
        `\`draw: '${drawing}'\` takes numbers, and ${place} is ${nameOf(value)}. Draw another column, or turn its ` +
          'values into numbers.',
      );
    }
    if (!Array.isArray(value) || !value.every((one) => one === null || isNumber(one))) {
      throw new TypeError(
        `\`draw: '${drawing}'\` takes lists of numbers, and ${place} is ${nameOf(value)}. Have the query make them: ` +
          '`array_agg(amount order by month)`.',
      );
    }
    if (value.length > mostInList) {
      throw new RangeError(
        `A list in a cell has at most ${formatNumber(mostInList)} numbers, and ${place} has ` +
          `${formatNumber(value.length)}. Draw fewer, or a chart.`,
      );
    }
  }
}

/** The numbers of a list in its order, with the digits that the most exact one needs; a missing one is a dash. */
export function listText(list: readonly unknown[]): string {
  const numbers = list.map((one) => (one === null ? null : Number(one)));
  const digits = numbers.map((number) =>
    number === null
      ? 0
      : (formatNumber(number).split(decimalSign(currentLocale()))[1]?.length ?? 0),
  );
  const most = Math.max(0, ...digits);
  return numbers.map((number) => formatNumber(number, most)).join(listSeparator);
}

function isNumber(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
  );
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) {
    const other: unknown = value.find((one) => one !== null && !isNumber(one));
    return other === undefined ? 'a list' : `a list with ${nameOf(other)}`;
  }
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`;
}
