// Columns of set operations, of items with names of their own, and of items of `from`.

import { commonType } from './expression-type.js';
import { nothing, union, type ItemColumn, type QueryColumn } from './query-scope.js';

/** Columns of two queries of a set operation, by their place. */
export function combined(
  operation: unknown,
  left: readonly QueryColumn[],
  right: readonly QueryColumn[],
): QueryColumn[] {
  return left.map((column, index) => {
    const other = right[index];
    const [a, b] = [column.isNullable, other?.isNullable ?? true];
    const isNullable =
      operation === 'SETOP_EXCEPT' ? a : operation === 'SETOP_INTERSECT' ? a && b : a || b;
    const type = commonType([column.type, other?.type]);
    return {
      ...{ name: column.name, isNullable, type },
      sources: union(column.sources, other?.sources ?? nothing),
    };
  });
}

export function renamed(columns: readonly QueryColumn[], names: readonly string[]): QueryColumn[] {
  return columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
}

/** A column as an item of `from` has it: conditions and joins change what is known of it. */
export function itemColumn({ name, sources, isNullable, type }: QueryColumn): ItemColumn {
  return { name, sources, isNullable, type, outerJoins: new Set() };
}

export function signature(columns: readonly QueryColumn[]): string {
  return columns
    .map(({ isNullable, sources }) => `${isNullable} ${[...sources].join()}`)
    .join('; ');
}
