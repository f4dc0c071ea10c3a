// Messages about failed notebooks in the terminal.

import { headline, type FailureKind, type NotebookFailure } from '../document/failure.js';
import type { NotebookResult } from './run-report.js';
import { formatProblem } from '../document/type-problem.js';

/** Advice for each kind of failure. */
const advice: Record<FailureKind, (path: string) => string> = {
  error: () =>
    'A cell that is meant to fail is tagged raises-exception; --allow-errors goes on after all',
  'type-error': (path) => `npx daybook notebooks check ${path} finds this without running anything`,
  'late-error': () => 'Await the promise, or catch the error in the timer or event that throws it',
  'cell-timeout': () => '--cell-timeout SECONDS gives each cell more time',
  'notebook-timeout': () => '--timeout SECONDS gives each notebook more time',
  'input-requested': () => 'Read the value from the environment or from a file',
  'kernel-died': () =>
    'process.exit, a crash or too little memory end a kernel; look at the cell named',
  'memory-limit': () =>
    '--kernel-memory SIZE lets each kernel take more; queries may do more in SQL',
  dependency: () => 'Mend that notebook first; metadata.daybook.after says what comes after what',
  'not-run': () =>
    'Run the notebook again; if this comes back, report it with the name of the kernel',
  kernel: () => "The notebook's metadata.kernelspec.name says which kernel it asks for",
  parameters: (path) => `npx daybook notebooks run ${path} --help-params says what it takes`,
  notebook: () => 'Mend the file, or save it again in JupyterLab',
};

/** The most type errors that are listed. */
const maxProblems = 10;

/**
 * A failed notebook like a compiler's message: where, what, the lines around, what to do.
 * notebooks/churn.ipynb: cell 3, line 2: TypeError: rows is not iterable
 */
export function failureMessage(result: NotebookResult): string {
  const { path, failure, problems } = result;
  if (failure === undefined) return '';
  const others = problems.slice(1, maxProblems).map((problem) => formatProblem(path, problem));
  const more = problems.length - maxProblems;
  return [
    `${path}: ${place(failure)}${headline(failure)}`,
    ...trimmed(result.excerpt),
    ...others,
    ...(more > 0 ? [`… and ${more} more`] : []),
    `→ ${advice[failure.kind](path)}`,
  ].join('\n');
}

function place({ cell, line }: NotebookFailure): string {
  if (cell === undefined) return '';
  return line === undefined ? `cell ${cell}: ` : `cell ${cell}, line ${line}: `;
}

function trimmed(excerpt: readonly string[]): readonly string[] {
  const end = excerpt.findLastIndex((line) => line.trim() !== '');
  return excerpt.slice(0, end + 1);
}
