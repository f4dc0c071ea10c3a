// Dependencies between cells, for the queries behind a figure.

import { joinText, type CodeCell, type Notebook } from '../../../nbformat/notebook.js';
import { sqlMetadata } from '../../../nbformat/sql-language.js';
import { sqlCell } from '../../../parse-sql/sql-cell.js';

/**
 * Text that uses no names: comments, and strings without interpolation. An unclosed comment extends to the end.
 * Strings are bounded, because an unclosed one is searched from each quote; names in longer ones count.
 */
const silent =
  /\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*|^[ \t]*#[^\n]*|'(?:\\.|[^'\\\n]){0,200}'|"(?:\\.|[^"\\\n]){0,200}"/gm;

/** A declaration or an assignment at the start of a line, hence at the top level of a cell; of a pattern its start. */
const declaration =
  /^(?:export\s{1,80})?(?:declare\s{1,80})?(?:(?:const|let|var)\s{1,80}([\w$]+|[{[][^=]{0,2000})|(?:async\s{1,80})?(?:function\*?|class|def|enum)\s{1,80}([\w$]+)|([A-Za-z_$][\w$]*)\s{0,80}[-+*/|&?]{0,3}=(?!=|>))/gm;

const mention = /(?<![.\w$])[A-Za-z_$][\w$]*/g;

/**
 * The cells that each code cell depends on: itself, the cells that last declared a name which it uses, and their
 * dependencies. Names are found in the text rather than by a compiler, so that this works for every language at no
 * cost; an ambiguous name adds a cell too many, never too few.
 *
 * @returns By the number of the cell, from 1 among all cells.
 */
export function cellDependencies({ cells }: Notebook): Map<number, ReadonlySet<number>> {
  const dependencies = new Map<number, ReadonlySet<number>>();
  const declaredIn = new Map<string, number>();
  for (const [index, cell] of cells.entries()) {
    if (cell.cell_type !== 'code') continue;
    const number = index + 1;
    const source = typescriptOf(cell).replace(silent, ' ');
    const found = new Set([number]);
    const declarations = [...source.matchAll(declaration)];
    // A cell's own declarations shadow earlier ones.
    const own = new Set(
      declarations.flatMap(([, variables, named]) => namesIn(named ?? variables)),
    );
    for (const word of new Set(source.match(mention))) {
      const declarer = own.has(word) ? undefined : declaredIn.get(word);
      if (declarer !== undefined)
        for (const one of dependencies.get(declarer) ?? []) found.add(one);
    }
    dependencies.set(number, found);
    for (const [, variables, named, assigned] of declarations) {
      for (const word of namesIn(named ?? assigned ?? variables)) declaredIn.set(word, number);
    }
  }
  return dependencies;
}

/** A cell's own text; of a SQL cell, what its expressions and its name are as TypeScript. */
function typescriptOf({ source, metadata }: CodeCell): string {
  const text = joinText(source);
  const sql = sqlCell(text, sqlMetadata(metadata));
  if (sql === undefined) return text;
  // Which braces close an expression is not read: what follows it in the SQL may name a cell too many.
  const parts = text.slice(sql.start).split('${').slice(1);
  return `${sql.name === undefined ? '' : `const ${sql.name} = `}${parts.join('\n')}`;
}

/** A single name, or the names of a pattern `{ a, b: [c] }`. */
function namesIn(pattern: string | undefined): string[] {
  return pattern?.match(/[A-Za-z_$][\w$]*/g) ?? [];
}
