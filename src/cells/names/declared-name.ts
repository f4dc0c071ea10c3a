// A name that a cell declares for later cells; declared-names.ts finds them.

/**
 * The kind of a declaration: a `variable` may be assigned by later cells; a `type` and an `ambient` declaration
 * (`declare …`) have no value.
 */
export type DeclarationKind = 'constant' | 'variable' | 'type' | 'ambient';

/** A declared name that later cells see. */
export interface DeclaredName {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** Whether the cell itself says `export`. */
  readonly isExported: boolean;
  /** Where the name stands in the cell, in characters from 0. */
  readonly start: number;
}

/** Whether the name has a value at run time; type imports are not distinguished. */
export function hasValue({ kind }: Pick<DeclaredName, 'kind'>): boolean {
  return kind === 'constant' || kind === 'variable';
}
