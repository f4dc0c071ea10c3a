import type { CellDiagnostic } from './cell-diagnostic.js';
import { withModuleHint } from './missing-module.js';

/** The comment that a cell begins with, in which tslab looks for tags. */
const firstComment = /^\s*\/\*\*[^]*?\*\//;

/** `name` of a cell that is a module of its own for tslab: one whose first comment says `@module name`. */
export function moduleName(source: string): string | undefined {
  return /@module\s+(\w+)/.exec(firstComment.exec(source)?.[0] ?? '')?.[1];
}

/**
 * What is wrong with a cell whose first comment says `@browser`: for tslab it is code for a page, which tslab
 * compiles and never runs, and no page of ours runs what a notebook holds. Undefined: it does not say so.
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
 * A missing module explained, where an earlier cell is that module for tslab, or where Daybook knows the way to it.
 *
 * @param modules - What earlier cells name themselves by {@link moduleName}.
 */
export function withModuleAdvice(
  problem: CellDiagnostic,
  modules: ReadonlySet<string>,
): CellDiagnostic {
  if (problem.code !== 2307) return problem;
  const name = /'\.\/(\w+)(?:\.[jt]s)?'/.exec(problem.message)?.[1];
  if (name === undefined || !modules.has(name)) {
    return { ...problem, message: withModuleHint(problem.message) };
  }
  const advice =
    `A cell before this one says @module ${name}, which makes it a module for tslab alone: here its names are ` +
    'there without an import.';
  return { ...problem, message: `${problem.message}\n  ${advice}` };
}
