// `daybook notebooks clean`: removes outputs and run metadata.

import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { DaybookError } from '../../errors.js';
import type { Notebook } from '../../nbformat/notebook.js';
import { parseNotebook } from '../../nbformat/read-notebook.js';
import { formatNotebook } from '../../nbformat/write-notebook.js';
import { clearNotebook } from '../../notebook/document/clear-notebook.js';
import type { Command } from '../command.js';

/** `daybook notebooks clean`. */
export const notebooksClean: Command = {
  usage: '[FILE…]',
  description: `Takes outputs and execution counts out of notebooks: of each FILE in place, or, without any, of the
notebook on standard input, which goes to standard output. The second form is a filter for git, which
then commits notebooks without outputs while the files keep them:

  git config filter.daybook.clean "npx daybook notebooks clean"`,
  options: {},
  positionals: { min: 0, max: Infinity },
  async run({ positionals, cwd, terminal }) {
    const clean = (source: string, where: string) =>
      formatNotebook(withoutVersion(clearNotebook(parseNotebook(source, where))));
    if (positionals.length === 0) {
      terminal.out(clean(await text(process.stdin), 'standard input'));
    }
    for (const path of positionals) {
      const file = resolve(cwd, path);
      const before = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new DaybookError('NOTEBOOK_NOT_FOUND', 'The notebook cannot be read', {
          where: path,
          cause,
        });
      });
      const after = clean(before, path);
      if (after !== before) await writeFile(file, after);
    }
    return 0;
  },
};

/** Removes the version from the kernel's language information, which would change with every upgrade. */
function withoutVersion(notebook: Notebook): Notebook {
  const language = notebook.metadata['language_info'];
  if (typeof language !== 'object' || language === null || Array.isArray(language)) return notebook;
  const kept = ['name', 'mimetype', 'file_extension'].filter((field) => field in language);
  const info = Object.fromEntries(kept.map((field) => [field, language[field] ?? null]));
  return { ...notebook, metadata: { ...notebook.metadata, language_info: info } };
}
