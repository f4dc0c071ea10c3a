import { resolve } from 'node:path';
import { readSources } from '../../notebook/collection/notebook-source.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import { formatProblem } from '../../notebook/document/type-problem.js';
import { projectTypesProblem } from '../../pipeline/table-types/types-problem.js';
import { countOf } from '../../text/amounts.js';
import type { Command } from '../command.js';
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
    const sources = await readSources(paths, config.root, env);
    const readable = sources.flatMap(({ path, file, content }) =>
      'notebook' in content && content.spec.language === 'typescript'
        ? [{ path, check: { path: file, notebook: content.notebook } }]
        : [],
    );
    const [outdated, ...checked] = await Promise.all([
      // A model that cannot be read is what `pipeline run` says, and no reason not to check.
      projectTypesProblem(config).catch(() => undefined),
      ...checkInProcess(
        readable.map(({ check }) => check),
        { env, signal },
      ),
    ]);
    const problems = readable.flatMap(({ path }, index) =>
      (checked[index]?.problems ?? []).map((problem) => ({ path, ...problem })),
    );
    const unreadable = sources.flatMap(({ path, content }) =>
      'failure' in content ? [{ path, ...content.failure }] : [],
    );
    if (flag(values, 'json')) {
      for (const problem of [...unreadable, ...problems]) {
        terminal.out(`${JSON.stringify(problem)}\n`);
      }
    } else {
      for (const { path, evalue } of unreadable) terminal.out(`${path}: ${evalue}\n`);
      for (const problem of problems) terminal.out(`${formatProblem(problem.path, problem)}\n`);
    }
    if (outdated !== undefined) {
      terminal.err(`${outdated}\n→ npx daybook pipeline run  writes it\n`);
    }
    const count = problems.length + unreadable.length;
    terminal.err(`${countOf(sources.length, 'notebook')} checked, ${countOf(count, 'problem')}\n`);
    return count === 0 ? 0 : 1;
  },
};
