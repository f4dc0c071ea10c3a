// The JavaScript of a checked cell.

import type { Program, SourceFile } from 'typescript';
import { cellTransform } from './cell-transform.js';
import type { LoadedCell } from '../loaded-cell.js';
import { movedMap } from './source-map.js';

/** A cell as statements of an async function body, with its source map (JSON) to the cell's lines. */
export interface EmittedCell {
  readonly code: string;
  readonly map: string;
}

/**
 * Compiles a cell without type errors; see {@link cellTransform} for the names that its code uses.
 *
 * @param source - The cell's own text.
 */
export function emitCell(
  program: Program,
  file: SourceFile,
  source: string,
  cell: LoadedCell,
): EmittedCell {
  let code = '';
  let map = '';
  program.emit(
    file,
    (path, text) => {
      if (path.endsWith('.map')) map = text;
      else code = functionBody(text);
    },
    undefined,
    false,
    { after: [cellTransform(program.getTypeChecker(), file, cell.declares)] },
  );
  return { code, map: placedMap(map, source, cell) };
}

/** The emitted code without what only a file can contain; lines keep their numbers. */
function functionBody(emitted: string): string {
  return emitted.replace(/^#!.*/, '').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '');
}

/** The source map of a cell; of a SQL cell, to the lines of its SQL. */
function placedMap(map: string, source: string, { code, sql }: LoadedCell): string {
  if (sql === undefined) return map;
  const starts = [0];
  for (const line of code.split('\n')) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  return movedMap(map, ([line, column]) => {
    const before = source.slice(0, sql.translation.placeOf((starts[line] ?? 0) + column));
    const lines = before.split('\n');
    return [lines.length - 1, (lines.at(-1) ?? '').length];
  });
}
