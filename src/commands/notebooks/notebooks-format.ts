// `daybook notebooks format`: lays out the SQL in notebooks.

import { resolve } from 'node:path';
import { writeAtomically } from '../../files/atomic-write.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { formatNotebook } from '../../nbformat/write-notebook.js';
import { readSources } from '../../notebook/collection/notebook-source.js';
import { nothingFound, type CheckedNotebook } from '../../notebook/document/type-problem.js';
import { formatQueries } from '../../notebook/lint/format-queries.js';
import type { NotebookCheck } from '../../notebook/run-settings.js';
import { checkInProcess } from '../../notebook/type-check/check-in-process.js';
import { renameQueries } from '../../notebook/type-check/update-query-types.js';
import { countOf } from '../../text/amounts.js';
import type { Command } from '../command.js';
import { flag } from '../options.js';

/** `daybook notebooks format`. */
export const notebooksFormat: Command = notebooksFormatBy(checkInProcess);

/** {@link notebooksFormat} by a type check that runs elsewhere. */
export function notebooksFormatBy(typeCheck: NotebookCheck): Command {
  return {
    usage: '[PATH…] [--check]',
    description: `Lays out the SQL of notebooks: of SQL cells and of texts that TypeScript cells give to query() and its
like. Words of SQL are in small letters, each clause is a line, what does not fit into 100 characters is indented below
its beginning; a text of one line stays one where it fits. Whatever stands in \${…} stays as it is. Nothing but white
space and the case of words changes: a text that Postgres would read in another way stays as it was, and the reason is
said. Outputs, ids and metadata stay, and the types in daybook-env.d.ts go with their queries.
Needs no kernel and no warehouse.`,
    failsWhen: 'with --check, a notebook is not formatted',
    options: { check: { type: 'boolean', help: 'Change nothing; name what would change' } },
    positionals: { min: 0, max: Infinity },
    async run({ values, positionals, config: { root }, env, cwd, terminal, signal }) {
      const isCheck = flag(values, 'check');
      const paths = positionals.map((path) => resolve(cwd, path));
      const readable = (await readSources(paths, root, env)).flatMap(({ path, file, content }) => {
        if ('failure' in content) {
          terminal.err(`${path}: ${content.failure.evalue}\n`);
          return [];
        }
        const isOurs = content.spec.language === 'typescript';
        return isOurs ? [{ path, file, notebook: content.notebook }] : [];
      });
      const check = (notebooks: readonly Notebook[]) => {
        const files = readable.map(({ file }) => file);
        const given = notebooks.map((notebook, index) => ({ path: files[index] ?? '', notebook }));
        return Promise.all(typeCheck(given, { env, signal }));
      };
      const before = readable.map(({ notebook }) => notebook);
      const found = await check(before);
      const formatted = await Promise.all(
        before.map((notebook, index) => formatQueries(notebook, queriesOf(found, index))),
      );
      const changed = readable.filter((_, index) => formatted[index]?.notebook !== undefined);
      for (const [index, { path }] of readable.entries()) {
        for (const { cell, line, column, reason } of formatted[index]?.stayed ?? []) {
          terminal.err(`${path}:${cell}:${line}:${column} stays as it is: ${reason}\n`);
        }
      }
      for (const { path } of changed) terminal.out(`${path}\n`);
      const all = countOf(readable.length, 'notebook');
      if (isCheck) {
        terminal.err(
          changed.length === 0
            ? `${all} formatted\n`
            : `${changed.length} of ${all} not formatted\n→ npx daybook notebooks format  does it\n`,
        );
        return changed.length === 0 ? 0 : 1;
      }
      const after = before.map((notebook, index) => formatted[index]?.notebook ?? notebook);
      // What a SQL cell reads of others stands in its own text: each is asked for what it has become.
      const renamed = changed.length === 0 ? found : await check(after);
      const texts = before.flatMap((_, index) => {
        const now = queriesOf(renamed, index);
        return queriesOf(found, index).map(({ sql }, at) => [sql, now[at]?.sql ?? sql] as const);
      });
      for (const [index, { file, notebook }] of readable.entries()) {
        const made = after[index];
        if (made !== undefined && made !== notebook) {
          await writeAtomically(file, formatNotebook(made));
        }
      }
      await renameQueries(root, texts, { keep: paths.length > 0 });
      terminal.err(`${changed.length} of ${all} changed\n`);
      return 0;
    },
  };
}

function queriesOf(checked: readonly CheckedNotebook[], index: number): CheckedNotebook['queries'] {
  return (checked[index] ?? nothingFound).queries;
}
