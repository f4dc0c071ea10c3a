/**
 * How a name was declared: a `variable` may be assigned by later cells; a `type` and what is `ambient`
 * (`declare …`) have no value of their own.
 */
export type DeclarationKind = 'constant' | 'variable' | 'type' | 'ambient';

/** A name that a cell declares for the cells after it. */
export interface DeclaredName {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** The cell says `export` itself. */
  readonly isExported: boolean;
}

/** Whether the name stands for a value at run time; imports of types are not told apart. */
export function hasValue({ kind }: Pick<DeclaredName, 'kind'>): boolean {
  return kind === 'constant' || kind === 'variable';
}
