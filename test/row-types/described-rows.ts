import { valueType, type TypedColumn } from '../../src/row-types/row-type.js';

/** The columns whose type excludes what stands in a row. */
export function misfits(columns: readonly TypedColumn[], row: Record<string, unknown>): string[] {
  return columns
    .filter(({ name, type, isArray }) => {
      const value = row[name];
      const scalar = valueType({ type, isArray: false, isNullable: false, description: undefined });
      const items: unknown[] = isArray && Array.isArray(value) ? value.flat(Infinity) : [value];
      if (isArray && value !== null && !Array.isArray(value)) return true;
      return !items.every((item) => item === null || isOf(scalar, item));
    })
    .map(({ name }) => name);
}

function isOf(scalar: string, value: unknown): boolean {
  if (scalar === 'unknown') return true;
  return scalar === 'Uint8Array' ? value instanceof Uint8Array : typeof value === scalar;
}
