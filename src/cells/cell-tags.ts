// tslab's comment tags in cells: `@module`, `@browser`. Tags in the metadata of cells are in
// nbformat/cell-tags.ts.

import type { CellDiagnostic } from './cell-diagnostic.js';
import { withModuleHint } from './missing-module.js';

/** The first comment of a cell, which may have tags. */
const firstComment = /^\s*\/\*\*[^]*?\*\//;

/** The module name of a cell for tslab, by `@module name` in its first comment. */
export function moduleName(source: string): string | undefined {
  return /@module\s+(\w+)/.exec(firstComment.exec(source)?.[0] ?? '')?.[1];
}

/**
 * The problem of a cell with `@browser` in its first comment: tslab compiles it as code for a page without running
 * it, and our pages run no code. Undefined: the tag is absent.
 */
export function browserProblem(source: string): CellDiagnostic | undefined {
  const tag = '@browser';
  const comment = firstComment.exec(source)?.[0] ?? '';
  const before = comment.slice(0, comment.search(/@browser\b/) + 1).slice(0, -1);
  if (before === '') return undefined;
  const lines = before.split('\n');
  return {
    code: 2584,
    message:
      'A cell that is marked @browser is for a web page: it is not run, neither here nor by tslab, and no page ' +
      'runs what a notebook holds. Show HTML, a chart or a table by daybook/display, or take the mark away.',
    line: lines.length,
    column: (lines.at(-1) ?? '').length + 1,
    length: tag.length,
  };
}

/**
 * Explains a missing module that an earlier cell is for tslab, or that has another name.
 *
 * @param modules - Names of earlier cells by {@link moduleName}.
 */
export function withModuleAdvice(
  problem: CellDiagnostic,
  modules: ReadonlySet<string>,
): CellDiagnostic {
  const name = /'\.\/(\w+)(?:\.[jt]s)?'/.exec(problem.message)?.[1];
  if (problem.code !== 2307 || name === undefined || !modules.has(name)) {
    return { ...problem, message: withModuleHint(problem.message) };
  }
  const advice =
    `A cell before this one says @module ${name}, which makes it a module for tslab alone: here its names are ` +
    'there without an import.';
  return { ...problem, message: `${problem.message}\n  ${advice}` };
}
