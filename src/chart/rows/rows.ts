// Rows in memory, by columns, for filters, groups and measures.

import { lengthOf, type Column, type ColumnType } from './column.js';
import { decimalText } from './decimal.js';

/** The different values of a column, and the place of each row's value among them. */
export interface Dimension {
  /** The first one is null, for rows without a value. */
  readonly values: readonly (string | null)[];
  readonly codes: Uint32Array;
}

/** The numbers of a column in whole units. */
export interface Numbers {
  readonly scale: number;
  /** NaN where a row has none. */
  readonly units: Float64Array;
  /** The same where sums of some of them are beyond what a double holds; null where a row has none. */
  readonly large: readonly (bigint | null)[] | undefined;
}

/** A column of rows in memory. */
export interface Field {
  readonly type: ColumnType;
  readonly dimension: () => Dimension;
  /** Undefined: it has no numbers. */
  readonly numbers: () => Numbers | undefined;
}

/** Rows in memory. */
export interface Rows {
  readonly count: number;
  readonly fields: ReadonlyMap<string, Field>;
}

/** Makes rows of columns of one length; each part is made when it is first needed. */
export function rowsOf(columns: ReadonlyMap<string, Column>): Rows {
  const [first] = columns.values();
  return {
    count: first === undefined ? 0 : lengthOf(first),
    fields: new Map([...columns].map(([name, column]) => [name, fieldOf(column)])),
  };
}

function fieldOf(column: Column): Field {
  let dimension: Dimension | undefined;
  let numbers: Numbers | undefined;
  return {
    type: column.type,
    dimension: () => (dimension ??= dimensionOf(column)),
    numbers: () => (column.type === 'number' ? (numbers ??= numbersOf(column)) : undefined),
  };
}

function dimensionOf(column: Column): Dimension {
  if (column.type !== 'number') {
    return { values: [null, ...column.values], codes: Uint32Array.from(column.codes) };
  }
  const { units, scale } = column;
  const values: (string | null)[] = [null];
  const places = new Map<number | string | null, number>([[null, 0]]);
  const codes = Uint32Array.from(units, (unit) => {
    let code = places.get(unit);
    if (code === undefined) {
      places.set(unit, (code = values.length));
      values.push(decimalText({ units: BigInt(unit ?? 0), scale }));
    }
    return code;
  });
  return { values, codes };
}

function numbersOf({ units, scale }: Extract<Column, { type: 'number' }>): Numbers {
  let isLarge = false;
  let sum = 0;
  const doubles = Float64Array.from(units, (unit) => {
    if (unit === null) return Number.NaN;
    isLarge ||= typeof unit === 'string';
    sum += Math.abs(Number(unit));
    return Number(unit);
  });
  isLarge ||= sum > Number.MAX_SAFE_INTEGER;
  const large = isLarge ? units.map((unit) => (unit === null ? null : BigInt(unit))) : undefined;
  return { scale, units: doubles, large };
}
