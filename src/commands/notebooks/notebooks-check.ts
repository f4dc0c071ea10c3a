// `daybook notebooks check`: type check without running.

import { resolve } from 'node:path';
import {
  updateQueryTypes,
  readProjectTypes,
} from '../../notebook/type-check/update-query-types.js';
import {
  queryProblems,
  staleProblems,
  untypedNotice,
} from '../../notebook/type-check/query-problems.js';
import { updateCommand } from '../../row-types/query-problem.js';
import { describeInWarehouse } from '../../row-types/describe-in-warehouse.js';
import type { Describe } from '../../row-types/describe-queries.js';
import { readSources } from '../../notebook/collection/notebook-source.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import type { NotebookFailure } from '../../notebook/document/failure.js';
import {
  formatProblem,
  nothingFound,
  type CheckedNotebook,
  type NotebookToCheck,
  type TypeProblem,
} from '../../notebook/document/type-problem.js';
import type { Config } from '../../config/config.js';
import { projectTypesProblem } from '../../pipeline/table-types/types-problem.js';
import { countOf } from '../../text/amounts.js';
import type { Command, Invocation } from '../command.js';
import { flag } from '../options.js';

/** `daybook notebooks check`. */
export const notebooksCheck: Command = {
  usage: '[PATH…] [--update] [--json]',
  description: `Type-checks whole notebooks: all cells of a notebook as one program, in order, against the real
types of what they import and of their queries. Needs no kernel and no warehouse. Prints one line for each
problem: PATH:CELL:LINE:COLUMN and the message; cells are counted from 1, all kinds of them.
With --update, Postgres first describes each query whose text is a literal or a constant: its columns with
their types, and what is wrong with it. No query is run. The types go into daybook-env.d.ts.`,
  failsWhen: 'there is a problem',
  options: {
    update: { type: 'boolean', help: 'Have the warehouse describe the queries anew' },
    json: { type: 'boolean', help: 'Print the problems as JSON, one object each' },
  },
  positionals: { min: 0, max: Infinity },
  async run({ values, positionals, config, env, cwd, terminal, signal }) {
    const paths = positionals.map((path) => resolve(cwd, path));
    const renew = flag(values, 'update') ? describeInWarehouse(config) : undefined;
    const [outdated, { sources, unreadable, problems, notice }] = await Promise.all([
      // `pipeline run` reports models that cannot be read; notebooks can be checked all the same.
      projectTypesProblem(config).catch(() => undefined),
      checkNotebooks(paths, { root: config.root, env, signal, renew }),
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
    if (notice !== undefined) terminal.err(`${notice}\n`);
    const count = problems.length + unreadable.length;
    terminal.err(`${countOf(sources, 'notebook')} checked, ${countOf(count, 'problem')}\n`);
    if (sources === 0) terminal.err(`→ ${firstNotebook}\n`);
    return count === 0 ? 0 : 1;
  },
};

/** What to do in a project without notebooks. */
export const firstNotebook =
  'notebooks/ has none yet: npx daybook lab opens JupyterLab to write one';

/** What a check of notebooks found. */
interface CheckedNotebooks {
  /** How many there are. */
  readonly sources: number;
  readonly unreadable: readonly ({ readonly path: string } & NotebookFailure)[];
  readonly problems: readonly ({ readonly path: string } & TypeProblem)[];
  /** What is worth a word, and no problem. */
  readonly notice: string | undefined;
}

/** What {@link checkNotebooks} takes beside the notebooks. */
interface CheckNotebooksOptions extends Pick<Config, 'root'>, Pick<Invocation, 'env' | 'signal'> {
  /** Describes all queries anew. Default: they are compared with the types that the project has. */
  readonly renew?: Describe | undefined;
}

/**
 * Type-checks notebooks in a process of its own.
 *
 * @param paths - Notebooks and folders, absolute; none: the whole collection.
 */
export async function checkNotebooks(
  paths: readonly string[],
  { root, env, signal, renew }: CheckNotebooksOptions,
): Promise<CheckedNotebooks> {
  const sources = await readSources(paths, root, env);
  const readable = sources.flatMap(({ path, file, content }) =>
    'notebook' in content && content.spec.language === 'typescript'
      ? [{ path, check: { path: file, notebook: content.notebook } }]
      : [],
  );
  const notebooks = readable.map(({ check }) => check);
  const check = () => Promise.all(checkInProcess(notebooks, { env, signal }));
  const { checked, notice } =
    renew === undefined
      ? await compareTypes(notebooks, await check(), root)
      : await renewTypes(notebooks, check, { root, renew, hasAll: paths.length === 0 });
  return {
    sources: sources.length,
    notice,
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

/** The results of a check, and what is worth a word. */
interface Checked {
  readonly checked: readonly CheckedNotebook[];
  readonly notice?: string | undefined;
}

/** Compares queries with the types that the project has. */
async function compareTypes(
  notebooks: readonly NotebookToCheck[],
  found: readonly CheckedNotebook[],
  root: string,
): Promise<Checked> {
  const types = await readProjectTypes(root);
  const checked = notebooks.map(({ notebook }, index) => {
    const own = found[index] ?? nothingFound;
    return withProblems(own, staleProblems(notebook, own.queries, types));
  });
  const queries = found.flatMap((own) => own.queries);
  const untyped = untypedNotice(queries, types);
  return { checked, notice: untyped && `${untyped}\n→ ${updateCommand}  asks the warehouse` };
}

/** Has all queries described, and checks the notebooks with the types that came of it. */
async function renewTypes(
  notebooks: readonly NotebookToCheck[],
  check: () => Promise<CheckedNotebook[]>,
  options: {
    readonly root: string;
    readonly renew: Describe;
    /** Whether these are all notebooks of the project: then types of other queries are of no use. */
    readonly hasAll: boolean;
  },
): Promise<Checked> {
  const { root, renew, hasAll } = options;
  const found = await check();
  const texts = found.flatMap(({ queries }) => queries.map(({ sql }) => sql));
  const { problems, isChanged } = await updateQueryTypes(root, texts, renew, { keep: !hasAll });
  const types = await readProjectTypes(root);
  const again = isChanged ? await check() : found;
  const checked = notebooks.map(({ notebook }, index) => {
    const own = again[index] ?? nothingFound;
    return withProblems(own, queryProblems(notebook, own.queries, problems));
  });
  return { checked };
}

function withProblems(checked: CheckedNotebook, more: readonly TypeProblem[]): CheckedNotebook {
  return { ...checked, problems: [...more, ...checked.problems] };
}
