import { resolve } from 'node:path';
import { DaybookError } from '../errors.js';
import type { Notebook } from '../nbformat/notebook.js';
import { parseNotebook, readNotebook } from '../nbformat/read-notebook.js';
import { compareNotebooks } from '../notebook/compare-notebooks.js';
import { queryRows } from '../warehouse/query-rows.js';
import type { Command, Invocation } from './command.js';
import { withHistory } from './with-history.js';

/** `daybook notebooks diff`. */
export const notebooksDiff: Command = {
  usage: 'BEFORE AFTER [--json]',
  description: `Compares what two runs of a notebook showed, by value: cells of tables, points of charts, texts.
BEFORE and AFTER are numbers of published runs, or executed notebooks as files.`,
  options: { json: { type: 'boolean', help: 'Print one JSON object for each difference' } },
  positionals: { min: 2, max: 2 },
  async run(invocation) {
    const { positionals, terminal, values } = invocation;
    const [before, after] = await Promise.all(
      positionals.map((name) => executed(name, invocation)),
    );
    const differences =
      before === undefined || after === undefined ? [] : compareNotebooks(before, after);
    for (const difference of differences) {
      const { cell, what, before: was = 'nothing', after: is = 'nothing' } = difference;
      terminal.out(
        values['json'] === true
          ? `${JSON.stringify(difference)}\n`
          : `cell ${cell}: ${what}: ${was} → ${is}\n`,
      );
    }
    terminal.err(
      differences.length === 1 ? '1 difference\n' : `${differences.length} differences\n`,
    );
    return 0;
  },
};

/** The executed notebook of a run's number or a file. */
async function executed(name: string, invocation: Invocation): Promise<Notebook> {
  if (!/^\d+$/.test(name)) return readNotebook(resolve(invocation.cwd, name), name);
  let found: { document: string } | undefined;
  await withHistory(invocation, async (pool) => {
    [found] = await queryRows<{ document: string }>(
      pool,
      'select document from publication.notebook_run where run_id = $1',
      [name],
    );
  });
  if (found === undefined) {
    throw new DaybookError('RUN_UNKNOWN', `There is no run ${name} of a notebook`);
  }
  return parseNotebook(found.document, `run ${name}`);
}
