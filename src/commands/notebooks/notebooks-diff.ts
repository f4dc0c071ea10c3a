// `daybook notebooks diff`: values that differ between two runs.

import { basename, resolve } from 'node:path';
import { DaybookError } from '../../errors.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { summariseNotebook } from '../../nbformat/notebook-summary.js';
import { parseNotebook, readNotebook } from '../../nbformat/read-notebook.js';
import { compareNotebooks } from '../../notebook/document/compare-notebooks.js';
import { readRunDocument } from '../../publication/publication-reader.js';
import { countOf } from '../../text/amounts.js';
import type { Command, Invocation } from '../command.js';
import { flag } from '../options.js';
import { withHistory } from '../warehouse/with-history.js';

/** `daybook notebooks diff`. */
export const notebooksDiff: Command = {
  usage: 'BEFORE AFTER [--json]',
  description: `Compares what two runs of a notebook showed, by value: cells of tables, points of charts, texts.
BEFORE and AFTER are numbers of published runs, or executed notebooks as files. Of two different notebooks
it says so first.`,
  options: { json: { type: 'boolean', help: 'Print one JSON object for each difference' } },
  positionals: { min: 2, max: 2 },
  async run(invocation) {
    const { positionals, terminal, values } = invocation;
    const [first = '', second = ''] = positionals;
    const [before, after] = await Promise.all([
      executed(first, invocation),
      executed(second, invocation),
    ]);
    if (areDifferent(before, after)) {
      terminal.err(
        `These are two different notebooks: ${describe(before)}, and ${describe(after)}.\n`,
      );
    }
    const differences = compareNotebooks(before.notebook, after.notebook);
    for (const difference of differences) {
      const { cell, what, before: was = 'nothing', after: is = 'nothing' } = difference;
      terminal.out(
        flag(values, 'json')
          ? `${JSON.stringify(difference)}\n`
          : `cell ${cell}: ${what}: ${was} → ${is}\n`,
      );
    }
    terminal.err(`${countOf(differences.length, 'difference')}\n`);
    return 0;
  },
};

/** An executed notebook with its identity. */
interface Executed {
  readonly notebook: Notebook;
  /** The name on the command line: `run 7`, `out/churn.ipynb`. */
  readonly name: string;
  /** From the root, for a run; undefined: a file does not record its notebook. */
  readonly path: string | undefined;
  readonly title: string | undefined;
}

/** The executed notebook of a run's number or of a file. */
async function executed(name: string, invocation: Invocation): Promise<Executed> {
  if (!/^\d+$/.test(name)) {
    const notebook = await readNotebook(resolve(invocation.cwd, name), name);
    return { notebook, name, path: undefined, title: summariseNotebook(notebook).title };
  }
  const found = await withHistory(invocation, (pool) => readRunDocument(pool, name));
  if (found === undefined) {
    throw new DaybookError('RUN_UNKNOWN', `There is no run ${name} of a notebook`);
  }
  const notebook = parseNotebook(found.document, `run ${name}`);
  const { title } = summariseNotebook(notebook);
  return { notebook, name: `run ${name}`, path: found.path, title };
}

/** Whether two runs are of different notebooks; files are compared by name and title, of which one may differ. */
function areDifferent(one: Executed, other: Executed): boolean {
  if (one.path !== undefined && other.path !== undefined) return one.path !== other.path;
  const [file, otherFile] = [one, other].map(({ path, name }) => basename(path ?? name));
  return file !== otherFile && one.title !== other.title;
}

function describe({ name, path, title }: Executed): string {
  const facts = [path, title === undefined ? undefined : `“${title}”`];
  const known = facts.filter((fact) => fact !== undefined);
  return known.length === 0 ? name : `${name} is ${known.join(', ')}`;
}
