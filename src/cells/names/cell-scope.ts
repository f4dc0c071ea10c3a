// The names that cells share.

import type { DeclarationKind } from './declared-name.js';

/** The declarations of the cells so far: each name with the last cell that declared it. */
export type CellScope = Map<string, { readonly cell: string; readonly kind: DeclarationKind }>;

const specifierPattern = /^cell:(.+)$/;

/** The module specifier of a cell. */
export function cellSpecifier(id: string): string {
  return `cell:${id}`;
}

/** The cell of a module specifier; undefined: another module. */
export function cellOfSpecifier(specifier: string): string | undefined {
  return specifierPattern.exec(specifier)?.[1];
}

/**
 * Declarations that import names of earlier cells into a cell. Assignable names are declared as variables, since
 * imports are constant.
 *
 * @param isWanted - The names to import.
 */
export function importsOfScope(scope: CellScope, isWanted: (name: string) => boolean): string {
  const lines: string[] = [];
  const imported = new Map<string, string[]>();
  for (const [name, { cell, kind }] of scope) {
    if (!isWanted(name)) continue;
    const specifier = JSON.stringify(cellSpecifier(cell));
    if (kind === 'variable') {
      lines.push(`declare let ${name}: typeof import(${specifier}).${name};`);
    } else {
      const names = imported.get(specifier);
      if (names === undefined) imported.set(specifier, [name]);
      else names.push(name);
    }
  }
  for (const [specifier, names] of imported) {
    lines.push(`import { ${names.join(', ')} } from ${specifier};`);
  }
  return lines.join('\n');
}
