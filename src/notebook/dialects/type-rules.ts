// The type rules of kernels, for the type check of notebooks.

import { dirname, relative } from 'node:path';
import { CellProgram } from '../../cells/cell-program.js';
import { checkTslabCells } from '../../tslab/check-cells.js';
import type { JsonObject } from '../../nbformat/notebook.js';
import { sqlMetadata } from '../../nbformat/sql-language.js';
import { foreignSqlMessage, isForeignSql } from '../document/foreign-sql.js';
import type { CheckedNotebook } from '../document/type-problem.js';

/** A cell to check. */
export interface CellToCheck {
  /** The index among all cells, from 0. */
  readonly index: number;
  readonly source: string;
  readonly metadata: JsonObject;
}

/** Checks the cells of the notebook at an absolute path as its kernel would. */
export type TypeRules = (path: string, cells: readonly CellToCheck[]) => CheckedNotebook;

/** Returns the type rules of a kernel by its name; libraries are read once for all notebooks. */
export function typeRules(): (kernel: string) => TypeRules {
  const tslabFiles: Parameters<typeof checkTslabCells>[2] = new Map();
  const tslabRules: TypeRules = (path, cells) => {
    const isForeign = ({ source, metadata }: CellToCheck) =>
      isForeignSql(source, metadata, 'typescript');
    const own = cells.filter((cell) => !isForeign(cell));
    const { problems, typeImports } = checkTslabCells(path, own, tslabFiles);
    const foreign = cells.filter(isForeign).map(({ index }) => ({
      ...{ cell: index + 1, line: 1, column: 1 },
      ...{ code: '-CELL', message: foreignSqlMessage },
    }));
    return {
      problems: [...problems, ...foreign].sort((a, b) => a.cell - b.cell),
      ...{ typeImports, queries: [], cells: [] },
    };
  };
  return (kernel) => (kernel === 'daybook' ? daybookRules : tslabRules);
}

/**
 * The rules of Daybook's kernel. A cell with a problem still declares its names, so that later cells have no
 * problems because of it.
 */
const daybookRules: TypeRules = (path, cells) => {
  const folder = dirname(path);
  const sources = new Map(
    cells.map(({ index, source, metadata }) => [
      String(index + 1),
      { source, language: sqlMetadata(metadata) },
    ]),
  );
  const checked = [...CellProgram.checkAll(folder, sources)];
  const problems = checked.flatMap(([cell, { diagnostics }]) =>
    diagnostics.map(({ code, message, line, column, length, file }) => ({
      cell: Number(cell),
      ...{ line, column, length, code, message },
      file: file === undefined ? undefined : relative(folder, file),
    })),
  );
  const importers = new Map<string, string>();
  const queries = checked.flatMap(([cell, found]) =>
    found.queries.flatMap(({ file, ...query }) => {
      const own = { cell: Number(cell), ...query };
      if (file === undefined) return [own];
      const { path, text } = file;
      if (!importers.has(path)) importers.set(path, cell);
      if (importers.get(path) !== cell) return [];
      return [{ ...own, file: { path: relative(folder, path), text } }];
    }),
  );
  const facts = checked.map(([cell, { declares, uses, findings, figureIds, reach }]) => ({
    cell: Number(cell),
    ...{ declares, uses, findings, figureIds, reach },
  }));
  return { problems, typeImports: {}, queries, cells: facts };
};
