// `daybook notebooks check`: type check without running.

import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import { formatNotebook } from '../../nbformat/write-notebook.js';
import { fixNotebook } from '../../notebook/lint/fix-notebook.js';
import type { LintFinding } from '../../notebook/lint/lint-finding.js';
import { lintNotebook } from '../../notebook/lint/lint-notebook.js';
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
import type { NotebookCheck } from '../../notebook/run-settings.js';
import { readSources } from '../../notebook/collection/notebook-source.js';
import { checkChanged } from '../../notebook/type-check/check-changed.js';
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
export const notebooksCheck: Command = notebooksCheckBy(checkInProcess);

/** {@link notebooksCheck} by a type check that runs elsewhere. */
export function notebooksCheckBy(typeCheck: NotebookCheck): Command {
  return {
    usage: '[PATH…] [--update] [--fix] [--json]',
    description: `Type-checks whole notebooks: all cells of a notebook as one program, in order, against the real
types of what they import and of their queries. Needs no kernel and no warehouse. Prints one line for each
problem: PATH:CELL:LINE:COLUMN and the message; cells are counted from 1, all kinds of them.
Then it looks for what is right by its types and wrong all the same: names that the order of cells makes ambiguous,
names that nothing uses, results that differ at each run, charts without a text. The rules, and how a project makes
them errors or turns them off, are in the reference (daybook.config.ts, lint). Warnings do not fail the check.
With --fix, unused imports are taken out of the files.
With --update, Postgres first describes each query whose text is a literal or a constant: its columns with
their types, and what is wrong with it. No query is run. The types go into daybook-env.d.ts.`,
    failsWhen: 'there is a problem',
    options: {
      update: { type: 'boolean', help: 'Have the warehouse describe the queries anew' },
      fix: { type: 'boolean', help: 'Take unused imports out of the notebooks' },
      json: { type: 'boolean', help: 'Print problems and findings as JSON, one object each' },
    },
    positionals: { min: 0, max: Infinity },
    async run({ values, positionals, config, env, cwd, terminal, signal }) {
      const paths = positionals.map((path) => resolve(cwd, path));
      const renew = flag(values, 'update') ? describeInWarehouse(config) : undefined;
      const check = (describe: Describe | undefined) =>
        checkNotebooks(paths, { config, env, signal, typeCheck, renew: describe });
      // `pipeline run` reports models that cannot be read; notebooks can be checked all the same.
      const outdatedTypes = projectTypesProblem(config).catch(() => undefined);
      const first = await check(renew);
      const fixed = flag(values, 'fix') ? await fixNotebooks(first.findings) : 0;
      const found = fixed > 0 ? await check(undefined) : first;
      const { sources, unreadable, problems, findings, notice } = found;
      const outdated = await outdatedTypes;
      if (flag(values, 'json')) {
        for (const problem of [...unreadable, ...problems, ...findings]) {
          terminal.out(`${JSON.stringify(problem)}\n`);
        }
      } else {
        terminal.out(
          [...problemLines(found), ...findings.map(formatFinding)]
            .map((line) => `${line}\n`)
            .join(''),
        );
      }
      if (outdated !== undefined) {
        terminal.err(`${outdated}\n→ npx daybook pipeline run  writes it\n`);
      }
      if (notice !== undefined) terminal.err(`${notice}\n`);
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      const count = problems.length + unreadable.length + errors;
      const warnings = findings.length - errors;
      const said = [
        `${countOf(sources, 'notebook')} checked`,
        countOf(count, 'problem'),
        ...(warnings > 0 ? [countOf(warnings, 'warning')] : []),
        ...(fixed > 0 ? [`unused imports taken out of ${countOf(fixed, 'notebook')}`] : []),
      ];
      terminal.err(`${said.join(', ')}\n`);
      if (sources === 0) terminal.err(`→ ${firstNotebook}\n`);
      return count === 0 ? 0 : 1;
    },
  };
}

/** What to do in a project without notebooks. */
export const firstNotebook =
  'notebooks/ has none yet: npx daybook lab opens JupyterLab to write one';

/** What a check of notebooks found. */
interface CheckedNotebooks {
  /** How many there are. */
  readonly sources: number;
  readonly unreadable: readonly ({ readonly path: string } & NotebookFailure)[];
  readonly problems: readonly ({ readonly path: string } & TypeProblem)[];
  readonly findings: readonly FoundInNotebook[];
  /** What is worth a word, and no problem. */
  readonly notice: string | undefined;
}

/** What {@link checkNotebooks} takes beside the notebooks. */
interface CheckNotebooksOptions extends Pick<Invocation, 'env' | 'signal'> {
  readonly config: Pick<Config, 'root' | 'home' | 'project'>;
  /** Default: {@link checkInProcess}. */
  readonly typeCheck?: NotebookCheck;
  /** Describes all queries anew. Default: they are compared with the types that the project has. */
  readonly renew?: Describe | undefined;
}

/**
 * Type-checks notebooks.
 *
 * @param paths - Notebooks and folders, absolute; none: the whole collection.
 */
export async function checkNotebooks(
  paths: readonly string[],
  {
    config: { root, home, project },
    env,
    signal,
    typeCheck = checkInProcess,
    renew,
  }: CheckNotebooksOptions,
): Promise<CheckedNotebooks> {
  const sources = await readSources(paths, root, env);
  const readable = sources.flatMap(({ path, file, content }) =>
    'notebook' in content && content.spec.language === 'typescript'
      ? [{ path, spec: content.spec, check: { path: file, notebook: content.notebook } }]
      : [],
  );
  const notebooks = readable.map(({ check }) => check);
  const check = () => checkChanged(readable, { root, home, check: typeCheck, env, signal });
  const { checked, notice } =
    renew === undefined
      ? await compareTypes(notebooks, await check(), root)
      : await renewTypes(notebooks, check, { root, renew, hasAll: paths.length === 0 });
  const findings = await Promise.all(
    readable.map(async ({ path, check: { path: file, notebook } }, index) => {
      const own = checked[index] ?? nothingFound;
      const isPublished = file.startsWith(join(root, 'notebooks') + sep);
      const found = await lintNotebook(notebook, own, { severities: project.lint, isPublished });
      return found.map((finding): FoundInNotebook => ({ path, file, ...finding }));
    }),
  );
  return {
    sources: sources.length,
    notice,
    findings: findings.flat(),
    problems: readable.flatMap(({ path }, index) =>
      (checked[index]?.problems ?? [])
        .filter((problem) => !isExplained(problem, findings[index] ?? []))
        .map((problem) => ({ path, ...problem })),
    ),
    unreadable: sources.flatMap(({ path, content }) =>
      'failure' in content ? [{ path, ...content.failure }] : [],
    ),
  };
}

/** A finding with the notebook that it is in. */
interface FoundInNotebook extends LintFinding {
  readonly path: string;
  /** The notebook's absolute path. */
  readonly file: string;
}

/** Whether a finding says better what the compiler says at the same place. */
function isExplained(
  { cell, line, column }: TypeProblem,
  findings: readonly LintFinding[],
): boolean {
  return findings.some(
    (finding) =>
      (finding.rule === 'later-name' || finding.rule === 'skipped-name') &&
      finding.cell === cell &&
      finding.line === line &&
      finding.column === column,
  );
}

/** Mends notebooks in place; returns how many were changed. */
async function fixNotebooks(findings: readonly FoundInNotebook[]): Promise<number> {
  let changed = 0;
  for (const file of new Set(findings.map((finding) => finding.file))) {
    const own = findings.filter((finding) => finding.file === file);
    const before = parseNotebook(await readFile(file, 'utf8'), file);
    const after = await fixNotebook(before, own);
    if (after === undefined) continue;
    await writeAtomically(file, formatNotebook(after));
    changed += 1;
  }
  return changed;
}

/** A finding on one line: `notebooks/churn.ipynb:3:1:7 warning unused-name nothing uses month`. */
export function formatFinding(finding: FoundInNotebook): string {
  const { path, cell, line, column, severity, rule, message } = finding;
  return `${path}:${cell}:${line}:${column} ${severity} ${rule} ${message}`;
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
