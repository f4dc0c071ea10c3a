import type { DeclarationKind } from './declared-names.js';

/** What the cells so far have declared: each name with the cell that declared it last. */
export type CellScope = Map<string, { readonly cell: string; readonly kind: DeclarationKind }>;

const specifierPattern = /^cell:(.+)$/;

/** The module specifier of a cell. */
export function cellSpecifier(id: string): string {
  return `cell:${id}`;
}

/** The cell that a module specifier names; undefined: it names no cell. */
export function cellOfSpecifier(specifier: string): string | undefined {
  return specifierPattern.exec(specifier)?.[1];
}

/**
 * The declarations that bring names of earlier cells into a cell. What can be assigned is declared as
 * a variable, since imports are constant.
 *
 * @param isWanted - Which names to bring.
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
