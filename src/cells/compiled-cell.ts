// A cell as the compiler answers it: its JavaScript or its type errors, its names and its queries.

import type { CellDiagnostic } from './cell-diagnostic.js';
import type { CellFinding } from './cell-findings.js';
import type { FigureId } from './figure-ids.js';
import type { NameUse } from './names/cell-names.js';
import type { CellReach } from './names/cell-reach.js';
import type { CellQuery } from './sql/cell-queries.js';
import type { EmittedCell } from './emit/emit-cell.js';
import type { DeclaredName } from './names/declared-name.js';
import type { ProjectImports } from './emit/project-module.js';

/** A cell without type errors, as JavaScript. */
export interface CompiledCell extends CellNames, EmittedCell {
  /** The project's TypeScript files that it imports, directly or not. */
  readonly imports: ProjectImports;
}

/** A cell as JavaScript, or its type errors. */
export type Compilation =
  | { readonly status: 'ok'; readonly cell: CompiledCell }
  | { readonly status: 'error'; readonly diagnostics: readonly CellDiagnostic[] };

/** The result of `CellProgram.compile`. */
export interface CompiledText {
  readonly compilation: Compilation;
  /** The queries in it. */
  readonly queries: () => readonly CellQuery[];
  readonly names: () => CellNames;
  readonly findings: () => readonly CellFinding[];
  readonly figureIds: () => readonly FigureId[];
  readonly reach: () => CellReach;
  /**
   * Adds the cell to those that later cells see.
   *
   * @param id - The cell's unique id in the program.
   * @param isDefined - Whether a declared name exists: a cell that failed has set only some. Default: all do.
   */
  readonly accept: (id: string, isDefined?: (name: string) => boolean) => void;
}

/** The result of checking a cell. */
export interface CheckedText extends CellNames {
  readonly diagnostics: readonly CellDiagnostic[];
  readonly queries: readonly CellQuery[];
  readonly findings: readonly CellFinding[];
  readonly figureIds: readonly FigureId[];
  readonly reach: CellReach;
}

/** The names by which a cell hangs together with others. */
export interface CellNames {
  /** Its top-level declarations. */
  readonly declares: readonly DeclaredName[];
  /** The uses of names that cells share. */
  readonly uses: readonly NameUse[];
}
