// Removal of imports from a cell's text.

import type { ImportDeclaration } from 'typescript';
import { importedNames } from './declared-names.js';
import { ts } from '../compiler/typescript.js';

/**
 * A cell's text without some imported names. A statement that imports nothing else goes with its line; a module that
 * is imported for what it does stays.
 */
export function removeImports(source: string, names: ReadonlySet<string>): string {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, true);
  let text = source;
  // From the end, so that the places of those before stay.
  for (const statement of file.statements.filter(ts.isImportDeclaration).reverse()) {
    const imported = importedNames(statement).map(([local]) => local);
    const kept = imported.filter((name) => !names.has(name));
    if (kept.length === imported.length) continue;
    const [start, end] = [statement.getStart(file), statement.end];
    if (kept.length === 0) {
      const lineEnd = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0].length ?? 0;
      text = text.slice(0, start) + text.slice(end + lineEnd);
    } else text = withoutSpecifiers(text, statement, names);
  }
  return text;
}

/** The text without the named specifiers of a statement that keeps others. */
function withoutSpecifiers(
  text: string,
  { importClause: clause }: ImportDeclaration,
  names: ReadonlySet<string>,
): string {
  const bindings = clause?.namedBindings;
  if (clause === undefined) return text;
  let result = text;
  if (bindings !== undefined && ts.isNamedImports(bindings)) {
    const { elements } = bindings;
    const kept = elements.filter(({ name }) => !names.has(name.text));
    if (kept.length === 0) {
      // `import whole, { … }` keeps its first name.
      result = result.slice(0, clause.name?.end) + result.slice(bindings.end);
    } else {
      for (const element of [...elements].reverse()) {
        if (!names.has(element.name.text)) continue;
        const comma = /^\s*,/.exec(result.slice(element.end))?.[0].length;
        const before = /,\s*$/.exec(result.slice(0, element.getStart()))?.[0].length ?? 0;
        result =
          comma === undefined
            ? result.slice(0, element.getStart() - before) + result.slice(element.end)
            : result.slice(0, element.getFullStart()) + result.slice(element.end + comma);
      }
    }
  }
  if (clause.name !== undefined && names.has(clause.name.text)) {
    const comma = /^\s*,\s*/.exec(result.slice(clause.name.end))?.[0].length ?? 0;
    result = result.slice(0, clause.name.getStart()) + result.slice(clause.name.end + comma);
  }
  return result;
}
