// `daybook notebooks check`: type check without running.

import { resolve } from 'node:path';
import { readSources } from '../../notebook/collection/notebook-source.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import type { NotebookFailure } from '../../notebook/document/failure.js';
import { formatProblem, type TypeProblem } from '../../notebook/document/type-problem.js';
import type { Config } from '../../config/config.js';
import { projectTypesProblem } from '../../pipeline/table-types/types-problem.js';
import { countOf } from '../../text/amounts.js';
import type { Command, Invocation } from '../command.js';
import { flag } from '../options.js';

/** `daybook notebooks check`. */
export const notebooksCheck: Command = {
  usage: '[PATH…] [--json]',
  description: `Type-checks whole notebooks: all cells of a notebook as one program, in order, against the real
types of what they import. Needs no kernel and no warehouse. Prints one line for each problem:
PATH:CELL:LINE:COLUMN and the message; cells are counted from 1, all kinds of them.`,
  options: { json: { type: 'boolean', help: 'Print the problems as JSON, one object each' } },
  positionals: { min: 0, max: Infinity },
  async run({ values, positionals, config, env, cwd, terminal, signal }) {
    const paths = positionals.map((path) => resolve(cwd, path));
    const [outdated, { sources, unreadable, problems }] = await Promise.all([
      // `pipeline run` reports models that cannot be read; notebooks can be checked all the same.
      projectTypesProblem(config).catch(() => undefined),
      checkNotebooks(paths, { root: config.root, env, signal }),
    ]);
    if (flag(values, 'json')) {
      for (const problem of [...unreadable, ...problems]) {
        terminal.out(`${JSON.stringify(problem)}\n`);
      }
    } else {
      terminal.out(
        problemLines({ unreadable, problems })
          .map((line) => `${line}\n`)
          .join(''),
      );
    }
    if (outdated !== undefined) {
      terminal.err(`${outdated}\n→ npx daybook pipeline run  writes it\n`);
    }
    const count = problems.length + unreadable.length;
    terminal.err(`${countOf(sources, 'notebook')} checked, ${countOf(count, 'problem')}\n`);
    return count === 0 ? 0 : 1;
  },
};

/** What a check of notebooks found. */
interface CheckedNotebooks {
  /** How many there are. */
  readonly sources: number;
  readonly unreadable: readonly ({ readonly path: string } & NotebookFailure)[];
  readonly problems: readonly ({ readonly path: string } & TypeProblem)[];
}

/**
 * Type-checks notebooks in a process of its own.
 *
 * @param paths - Notebooks and folders, absolute; none: the whole collection.
 */
export async function checkNotebooks(
  paths: readonly string[],
  { root, env, signal }: Pick<Config, 'root'> & Pick<Invocation, 'env' | 'signal'>,
): Promise<CheckedNotebooks> {
  const sources = await readSources(paths, root, env);
  const readable = sources.flatMap(({ path, file, content }) =>
    'notebook' in content && content.spec.language === 'typescript'
      ? [{ path, check: { path: file, notebook: content.notebook } }]
      : [],
  );
  const checked = await Promise.all(
    checkInProcess(
      readable.map(({ check }) => check),
      { env, signal },
    ),
  );
  return {
    sources: sources.length,
    problems: readable.flatMap(({ path }, index) =>
      (checked[index]?.problems ?? []).map((problem) => ({ path, ...problem })),
    ),
    unreadable: sources.flatMap(({ path, content }) =>
      'failure' in content ? [{ path, ...content.failure }] : [],
    ),
  };
}

/** A line for each problem: its place and what is wrong. */
export function problemLines({
  unreadable,
  problems,
}: Pick<CheckedNotebooks, 'unreadable' | 'problems'>): string[] {
  return [
    ...unreadable.map(({ path, evalue }) => `${path}: ${evalue}`),
    ...problems.map((problem) => formatProblem(problem.path, problem)),
  ];
}
